//! A page and a folder of files, served without any policy of ours.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// Serves for as long as the test runs; gives the origin.
pub fn serve(listener: TcpListener, page: &'static str, folder: PathBuf) -> String {
    let origin = format!("http://{}", listener.local_addr().expect("it listens"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let folder = folder.clone();
            // A browser keeps connections open without asking anything; each waits on its own.
            std::thread::spawn(move || stream.and_then(|stream| answer(stream, page, &folder)).ok());
        }
    });
    origin
}

fn answer(mut stream: TcpStream, page: &str, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let name = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, kind, body) = if name.is_empty() {
        ("200 OK", "text/html; charset=utf-8", page.as_bytes().to_vec())
    } else if let Ok(bytes) = std::fs::read(folder.join(&name)) {
        ("200 OK", if name.ends_with(".js") { "text/javascript" } else { "application/wasm" }, bytes)
    } else {
        ("404 Not Found", "text/plain", Vec::new())
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
