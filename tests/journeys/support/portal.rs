//! A portal: one page of another origin that frames a widget.

use std::io::{Read, Write};
use std::net::TcpListener;

/// Serves one page for as long as the test runs and gives its origin.
pub fn open(listener: TcpListener, frame: String) -> String {
    let origin = format!("http://{}", listener.local_addr().expect("it listens"));
    std::thread::spawn(move || {
        let page = format!(
            "<!doctype html><html lang=\"vi\"><title>Cổng thông tin</title><h1>Cổng thông tin (minh họa)</h1>\
             <iframe id=\"widget\" src=\"{frame}\" title=\"T04\" width=\"420\" height=\"260\"></iframe></html>"
        );
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 2048];
            if stream.read(&mut request).is_err() {
                continue;
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
            // A browser that went away needs no answer.
            write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len()).ok();
        }
    });
    origin
}
