//! A leader's board.

use crate::support::browser::Device;
use crate::support::form::at_the_form;
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_leaders_board_follows_what_is_entered_elsewhere() {
    let folder = Scratch::new("board-server");
    let server = Server::filled(&folder.0, &[]);
    let (leader, officer) = (Device::new("board-leader").await, Device::new("board-officer").await);
    leader.sign_in(&server.url("/"), "leader").await;
    leader.open(&server.url("/chi-tieu")).await;
    let fraction = "document.querySelector('[data-target=T04] .target-figure span')?.innerText ?? ''";
    leader.until("the board is there", fraction).await;
    let before = leader.text(fraction).await;
    at_the_form(&officer, &server).await;
    officer.type_figure(1, "5.000").await;
    officer.all_sent().await;
    // Without being touched.
    leader.until("the board follows", &format!("({fraction}) !== {before:?}")).await;
}
