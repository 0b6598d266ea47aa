//! Tells whoever listens which streams have something new, in this server and, on PostgreSQL, in every other
//! that shares the database. No figure travels here: who hears of news pulls it.

use super::database::{Database, Tx};
use crate::values;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast::{Receiver, Sender, channel};

/// The channel's name in PostgreSQL.
const CHANNEL: &str = "chitieu";

/// How much may be missed before a listener is told that it missed some.
const KEPT: usize = 1_024;

/// What is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// This reporter's stream has something new.
    Stream(String),
    /// The server stops: nothing more comes.
    Stop,
}

/// One for each store.
#[derive(Clone)]
pub struct Teller {
    sender: Sender<News>,
    is_shared: bool,
}

impl Teller {
    /// Begins to listen to what other servers tell, where there are any.
    pub(super) async fn new(database: &Database) -> Result<Self, sqlx::Error> {
        let (sender, _) = channel(KEPT);
        let Database::Postgres(pool) = database else { return Ok(Self { sender, is_shared: false }) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        let tell = sender.clone();
        tokio::spawn(async move {
            // It connects again by itself; an error is the end of the pool.
            while let Ok(heard) = listener.recv().await {
                // Nobody may be listening at the moment.
                tell.send(News::Stream(heard.payload().to_owned())).ok();
            }
        });
        Ok(Self { sender, is_shared: true })
    }

    /// Within a transaction: what is shared is told by the database when it commits.
    pub(super) async fn before_commit(&self, tx: &mut Tx, streams: &[String]) -> Result<(), sqlx::Error> {
        if self.is_shared {
            for stream in streams {
                tx.fetch("SELECT CAST(pg_notify($1, $2) AS TEXT) AS told", values![CHANNEL, stream]).await?;
            }
        }
        Ok(())
    }

    /// After it was committed.
    pub(super) fn after_commit(&self, streams: Vec<String>) {
        if !self.is_shared {
            for stream in streams {
                self.sender.send(News::Stream(stream)).ok();
            }
        }
    }

    /// Listens from now on.
    pub fn listen(&self) -> Receiver<News> {
        self.sender.subscribe()
    }

    /// Ends everybody's listening.
    pub fn stop(&self) {
        self.sender.send(News::Stop).ok();
    }
}
