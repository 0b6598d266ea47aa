//! Tells whoever listens which streams have something new, in this server and, on PostgreSQL, in every other
//! that shares the database. No figure travels here: who hears of news pulls it.

use super::database::{Database, Tx};
use super::error::StoreError;
use super::json;
use crate::values;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, Sender, channel};

/// The channel's name in PostgreSQL.
const CHANNEL: &str = "chitieu";

/// How much may be missed before a listener is told that it missed some.
const KEPT: usize = 1_024;

/// How long it is waited between two tries to reach a database that is away.
const PAUSE: Duration = Duration::from_secs(1);

/// What is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamNotification {
    /// This reporter's stream has something new.
    Stream(String),
    /// For a while nothing was heard of other servers: any stream may have something new.
    Missed,
    /// The session of this token's hash has ended.
    Ended(String),
    /// The server stops: nothing more comes.
    Stop,
}

/// One for each store.
#[derive(Clone)]
pub struct Teller {
    sender: Sender<StreamNotification>,
    is_shared: bool,
}

impl Teller {
    /// Begins to listen to what other servers tell, where there are any.
    pub(super) async fn new(database: &Database) -> Result<Self, StoreError> {
        let (sender, _) = channel(KEPT);
        let Database::Postgres { reads, .. } = database else { return Ok(Self { sender, is_shared: false }) };
        let mut listener = listener(reads).await?;
        let (tell, reads) = (sender.clone(), reads.clone());
        tokio::spawn(async move {
            loop {
                relay(&mut listener, &tell).await;
                loop {
                    match self::listener(&reads).await {
                        Ok(again) => {
                            listener = again;
                            break;
                        }
                        Err(sqlx::Error::PoolClosed) => return,
                        Err(_) => tokio::time::sleep(PAUSE).await,
                    }
                }
                // Nobody may be listening at the moment.
                tell.send(StreamNotification::Missed).ok();
            }
        });
        Ok(Self { sender, is_shared: true })
    }

    /// Within a transaction: what is shared is told by the database when it commits.
    pub(super) async fn before_commit(&self, tx: &mut Tx, streams: &[String]) -> Result<(), StoreError> {
        if self.is_shared && !streams.is_empty() {
            let sql = "SELECT CAST(pg_notify($1, k.value) AS TEXT) AS told FROM {list $2} AS k";
            tx.fetch(sql, values![CHANNEL, json(&streams)?]).await?;
        }
        Ok(())
    }

    /// After it was committed.
    pub(super) fn after_commit(&self, streams: Vec<String>) {
        if !self.is_shared {
            for stream in streams {
                self.sender.send(StreamNotification::Stream(stream)).ok();
            }
        }
    }

    /// Listens from now on.
    pub fn listen(&self) -> Receiver<StreamNotification> {
        self.sender.subscribe()
    }

    /// Ends the listening of a session.
    pub fn ended(&self, token_hash: &str) {
        self.sender.send(StreamNotification::Ended(token_hash.to_owned())).ok();
    }

    /// Ends everybody's listening.
    pub fn stop(&self) {
        self.sender.send(StreamNotification::Stop).ok();
    }
}

async fn listener(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // A connection that is made again unseen would hide that something may have been missed.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes on what is heard until the connection is lost.
async fn relay(listener: &mut PgListener, tell: &Sender<StreamNotification>) {
    while let Ok(Some(heard)) = listener.try_recv().await {
        tell.send(StreamNotification::Stream(heard.payload().to_owned())).ok();
    }
}
