//! Somebody with an account and without the app: requests as scripts make them.

use crate::answer::Answer;
use chitieu_tests::accounts::PASSWORD;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

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
        visitor.cookie = answer.cookie();
        visitor
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.cookie.is_empty() { request } else { request.header("cookie", &self.cookie) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        Answer::to(request.body(body.to_string())).await
    }
}
