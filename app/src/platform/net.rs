//! Requests to our server. "Online" means that it answers.

use chitieu_sync::message::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/net.js")]
extern "C" {
    #[wasm_bindgen(js_name = giveUpSlow, catch)]
    fn abort_slow() -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    async fn ask(method: &str, path: &str, body: Option<String>) -> Result<JsValue, JsValue>;
}

/// Why a request brought nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NetError {
    /// No answer: offline, or the server is down. Worth another try.
    #[error("no answer")]
    Unreachable,
    /// The server said no, and for how many seconds it asks to be left alone.
    #[error("{}", .0.code)]
    Refused(Problem, u32),
    /// The answer does not read, and from which line and column on. Not why: what writes that out costs a start a kilobyte.
    #[error("unreadable answer, {0}:{1}")]
    Unreadable(usize, usize),
}

impl From<serde_json::Error> for NetError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.line(), error.column())
    }
}

impl NetError {
    /// The problem's code.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(problem, _) => &problem.code,
            Self::Unreachable => "unreachable",
            Self::Unreadable(..) => "unreadable",
        }
    }

    /// The status of a refusal; none where nobody answered or the answer does not read.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem, _) => Some(problem.status),
            _ => None,
        }
    }

    /// What the server said, in its own words.
    pub fn said(&self) -> String {
        match self {
            Self::Refused(problem, _) => format!("{} {}", problem.status, problem.title),
            other => other.to_string(),
        }
    }

    /// True where the same request may well succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(problem, _) => matches!(problem.status, 408 | 429 | 500..),
            Self::Unreadable(..) => false,
        }
    }

    /// For how many seconds the server asks to be left alone.
    pub fn retry_after(&self) -> u32 {
        match self {
            Self::Refused(_, seconds) => *seconds,
            _ => 0,
        }
    }
}

/// What a server answered, and its clock at that time in milliseconds since 1970, where it says it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body.
    pub text: String,
    /// The server's clock.
    pub at: Option<f64>,
}

/// An answer as scripts give it (status, text, for how many seconds the server asks to be left alone, its clock): the status
/// and the rest.
pub fn read(parts: &js_sys::Array) -> (u16, Answer) {
    let status = parts.get(0).as_f64().unwrap_or_default() as u16;
    let text = parts.get(1).as_string().unwrap_or_default();
    (status, Answer { text, at: parts.get(3).as_f64().filter(|at| at.is_finite()) })
}

async fn answer(method: &str, path: &str, body: Option<String>) -> Result<Answer, NetError> {
    let parts = js_sys::Array::from(&ask(method, path, body).await.map_err(|_| NetError::Unreachable)?);
    let (status, answer) = read(&parts);
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    let problem = serde_json::from_str(&answer.text).unwrap_or_else(|_| Problem {
        status,
        code: format!("http_{status}"),
        title: format!("Máy chủ trả lời {status}."),
        title_en: format!("The server answered {status}."),
    });
    Err(NetError::Refused(problem, parts.get(2).as_f64().unwrap_or_default() as u32))
}

/// Gives up requests that have waited for some seconds: somebody asks for another try.
pub fn give_up_slow() {
    // Where the browser refuses, they end by themselves.
    abort_slow().ok();
}

/// The text at a path of the interface.
pub async fn get_text(path: &str) -> Result<String, NetError> {
    get_answer(path).await.map(|answer| answer.text)
}

/// What is at a path of the interface, with the server's clock.
pub async fn get_answer(path: &str) -> Result<Answer, NetError> {
    answer("GET", path, None).await
}

/// What is at a path of the interface.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, NetError> {
    parse(&get_text(path).await?)
}

/// Reads an answer.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, NetError> {
    Ok(serde_json::from_str(text)?)
}

/// Sends a body.
pub async fn post_answer(path: &str, body: &impl Serialize) -> Result<Answer, NetError> {
    post_text(path, serde_json::to_string(body)?).await
}

/// Sends a body that is JSON already.
pub async fn post_text(path: &str, body: String) -> Result<Answer, NetError> {
    answer("POST", path, Some(body)).await
}

/// Sends a body and reads the answer.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, NetError> {
    parse(&post_answer(path, body).await?.text)
}

/// Puts something at a path and reads the answer.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, NetError> {
    let body = serde_json::to_string(body)?;
    parse(&answer("PUT", path, Some(body)).await?.text)
}

/// Deletes what is at a path.
pub async fn delete(path: &str) -> Result<(), NetError> {
    answer("DELETE", path, None).await.map(drop)
}
