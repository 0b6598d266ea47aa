//! What a request asks for and brings, read with refusals that are problems.

use super::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A query whose refusal is a problem that says what does not read.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(value)| Self(value)).map_err(|error| Problem::BadRequest(error.body_text()))
    }
}

/// How long a request's body may take, however little of it comes at a time. The app gives up after a minute.
const BODY_TIMEOUT: Duration = Duration::from_secs(75);

/// The same where nobody is signed in yet: little is sent.
const BRIEF_TIMEOUT: Duration = Duration::from_secs(20);

/// JSON whose refusal is a problem that says where it does not read.
pub(crate) struct Body<T>(pub T);

/// The same, of somebody who is not signed in.
pub(crate) struct Brief<T>(pub T);

/// Bytes as they are, as many as the route takes.
pub(crate) struct Octets(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Octets {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, state)).await;
        match read.map_err(|_| Problem::TooSlow)? {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == 413 => Err(Problem::TooLarge),
            Err(error) => Err(Problem::BadRequest(error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state, BODY_TIMEOUT).await.map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Brief<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state, BRIEF_TIMEOUT).await.map(Self)
    }
}

async fn read<T: DeserializeOwned>(
    request: Request,
    state: &(impl Send + Sync),
    timeout: Duration,
) -> Result<T, Problem> {
    let read = tokio::time::timeout(timeout, Json::<T>::from_request(request, state)).await;
    match read.map_err(|_| Problem::TooSlow)? {
        Ok(Json(value)) => Ok(value),
        Err(JsonRejection::BytesRejection(error)) if error.status() == 413 => Err(Problem::TooLarge),
        Err(error) => Err(Problem::BadRequest(error.body_text())),
    }
}
