//! Answers of Notion: any status with any body ends in a result, and no error repeats what the body said.
use crate::canary;
use notion_client_free::ids::{BlockId, CommentId, PageId, PersonId};
use notion_client_free::transport::{Failure, Request, Response, Sending, Transport};
use notion_client_free::{Client, Connection, Target, TextRun};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use std::fmt::{Debug, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ID: &str = "2f1c7a90-4b3d-80e2-9a51-c0ffee11aa01";

/// Answers after which the line is dead: how many pages may be read is not the matter here.
const ANSWERS: usize = 60;

/// Gives the same answer to each request.
struct SameAnswer {
    status: StatusCode,
    body: Vec<u8>,
    given: AtomicUsize,
}

impl Transport for SameAnswer {
    fn send(&self, _: Request) -> Sending<'_> {
        let is_dead = self.given.fetch_add(1, Ordering::Relaxed) >= ANSWERS;
        let answer = Response {
            status: self.status,
            headers: HeaderMap::new(),
            body: Some(self.body.clone()),
        };
        let answer = if is_dead {
            Err(Failure::NotSent("cut".to_owned()))
        } else {
            Ok(answer)
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Looks through an error for what the body said.
fn silent<T, E: Display + Debug>(result: Result<T, E>) {
    if let Err(error) = result {
        assert!(
            !canary::leaks_in(&format!("{error} {error:?}")),
            "an error repeats a body"
        );
    }
}

async fn ask_everything(notion: &Client) {
    let page = PageId::from_wire(ID);
    silent(notion.comments(ID).await);
    silent(notion.comment(&CommentId::from_wire(ID)).await);
    silent(
        notion
            .create_comment(Target::Page(page.clone()), &[TextRun::plain("Step 1 is done.")])
            .await,
    );
    silent(notion.page(&page).await);
    silent(notion.update_properties(&page, &[]).await);
    silent(notion.search("ACT_011_SEC").await);
    silent(notion.blocks(ID, 3).await);
    silent(notion.block(&BlockId::from_wire(ID)).await);
    silent(notion.check_to_do(&BlockId::from_wire(ID), true).await);
    silent(notion.data_source(ID).await);
    silent(notion.me().await);
    silent(notion.users().await);
    silent(notion.user(&PersonId::from_wire(ID)).await);
    silent(notion.markdown(&page).await);
}

/// Asks each question of the client; the first byte chooses the status, the rest is the body.
///
/// # Panics
///
/// When reading an answer panics, or when an error holds eight characters of the secret that the body held.
pub fn notion_answers(data: &[u8]) {
    const STATUSES: [u16; 10] = [200, 200, 200, 200, 400, 401, 404, 409, 429, 500];
    let (sign, body) = data.split_first().unwrap_or((&0, &[]));
    let status = STATUSES[usize::from(*sign) % STATUSES.len()];
    let answer = SameAnswer {
        status: StatusCode::from_u16(status).unwrap_or_default(),
        body: canary::planted(body).into_bytes(),
        given: AtomicUsize::new(0),
    };
    let notion = Client::with_transport(Connection::new(SecretString::from("invented")), Arc::new(answer));
    let clock = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    clock.expect("a runtime without I/O").block_on(ask_everything(&notion));
}
