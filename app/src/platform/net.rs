//! Requests to our server. "Online" means that it answers.

use chitieu_sync::message::Problem;
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a request brought nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetError {
    /// No answer: offline, or the server is down. Worth another try.
    #[error("no answer")]
    Unreachable,
    /// The server said no.
    #[error("{}", .0.code)]
    Refused(Problem),
    /// The answer does not read.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

impl NetError {
    /// The problem's code.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(problem) => &problem.code,
            Self::Unreachable => "unreachable",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// True where the same request may well succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(problem) => problem.status >= 500 || problem.status == 429,
            Self::Unreadable(_) => false,
        }
    }
}

async fn answer(response: Result<Response, gloo_net::Error>) -> Result<Response, NetError> {
    let response = response.map_err(|_| NetError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let problem = response.json::<Problem>().await.unwrap_or_else(|_| Problem {
        status,
        code: format!("http_{status}"),
        title: format!("Máy chủ trả lời {status}."),
        title_en: format!("The server answered {status}."),
    });
    Err(NetError::Refused(problem))
}

/// The text at a path of the interface.
pub async fn get_text(path: &str) -> Result<String, NetError> {
    let response = answer(Request::get(path).send().await).await?;
    response.text().await.map_err(|_| NetError::Unreachable)
}

/// What is at a path of the interface.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, NetError> {
    parse(&get_text(path).await?)
}

/// Reads an answer.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, NetError> {
    serde_json::from_str(text).map_err(|e| NetError::Unreadable(e.to_string()))
}

/// Sends a body and reads the answer.
pub async fn post_text(path: &str, body: &impl Serialize) -> Result<String, NetError> {
    let request = Request::post(path).json(body).map_err(|e| NetError::Unreadable(e.to_string()))?;
    answer(request.send().await).await?.text().await.map_err(|_| NetError::Unreachable)
}

/// Sends a body and reads the answer.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, NetError> {
    parse(&post_text(path, body).await?)
}

/// Deletes what is at a path.
pub async fn delete(path: &str) -> Result<(), NetError> {
    answer(RequestBuilder::new(path).method(Method::DELETE).send().await).await.map(drop)
}
