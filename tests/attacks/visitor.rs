//! Somebody with an account and without the app: requests as scripts make them.

use chitieu_tests::office::PASSWORD;
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
}

pub struct Visitor {
    http: Client,
    base: String,
    pub cookie: String,
}

impl Visitor {
    /// Without an account.
    pub fn stranger(base: &str) -> Self {
        let http = Client::builder().build().expect("a client");
        Self { http, base: base.to_owned(), cookie: String::new() }
    }

    pub async fn sign_in(base: &str, username: &str) -> Self {
        let mut visitor = Self::stranger(base);
        let body = json!({ "username": username, "password": PASSWORD });
        let answer = visitor.post("/api/v1/session", &body).await;
        assert_eq!(answer.status, 200, "{username}: {}", answer.text);
        let cookie = answer.headers["set-cookie"].to_str().expect("ascii");
        cookie.split(';').next().unwrap_or_default().clone_into(&mut visitor.cookie);
        visitor
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.cookie.is_empty() { request } else { request.header("cookie", &self.cookie) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        answer(request.body(body.to_string())).await
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = String::from_utf8_lossy(&response.bytes().await.expect("a body")).into_owned();
    Answer { status, headers, text }
}
