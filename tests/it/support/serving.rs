//! A server of its own process, and a browser's part of the talk with it: cookies, forms, redirects.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::desk;
use super::product::Installation;
use super::wire::{self, Reply};

/// How long anything may take before a test gives it up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running `pledgefund serve`; killed with this value.
pub struct Serving {
    pub child: Child,
    pub address: SocketAddr,
}

impl Serving {
    pub fn start(installation: &Installation) -> Serving {
        Serving::with(installation, &[])
    }

    /// With settings in the environment.
    pub fn with(installation: &Installation, settings: &[(&str, &str)]) -> Serving {
        let ticket = desk::clerk_of(installation);
        let serving = Serving::launch(installation, settings);
        desk::sit_down(serving.address, ticket);
        serving
    }

    /// Where nobody has an account yet.
    pub fn without_anybody(installation: &Installation) -> Serving {
        Serving::launch(installation, &[])
    }

    fn launch(installation: &Installation, settings: &[(&str, &str)]) -> Serving {
        let mut command = installation.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.envs(settings.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.parse().ok()).expect("the address is printed");
        Serving { child, address }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Asks `ready` until it gives something.
#[track_caller]
pub fn wait_for<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(30));
    }
}

/// One person's browser at a server.
#[derive(Debug, Clone)]
pub struct Clerk {
    pub address: SocketAddr,
    pub guard: String,
    /// The header with its session.
    pub cookie: String,
}

/// A file field of a form: name and bytes.
pub type FilePart<'a> = (&'a str, &'a [u8]);

impl Clerk {
    /// Sits down where somebody has signed in.
    pub fn at(address: SocketAddr) -> Clerk {
        let ticket = desk::ticket_at(address).expect("somebody signed in");
        let page = wire::get(address, "/imports").text();
        assert!(page.contains(&format!("name=\"guard\" value=\"{}\"", ticket.guard)), "{page}");
        Clerk { address, guard: ticket.guard.clone(), cookie: ticket.cookie() }
    }

    /// The headers a browser sends with a form of this server's own page.
    pub fn headers(&self) -> Vec<String> {
        vec![self.cookie.clone(), format!("Origin: http://{}", self.address), "Sec-Fetch-Site: same-origin".to_owned()]
    }

    /// Opens a page with this browser's cookie.
    pub fn get(&self, path: &str) -> Reply {
        wire::send(self.address, "GET", path, &[&self.cookie], "")
    }

    /// A fresh token, as each showing of the form has one.
    pub fn token(&self) -> String {
        let page = wire::get(self.address, "/imports").text();
        page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    }

    /// Sends a form with files.
    pub fn send(&self, fields: &[(&str, &str)], files: &[FilePart<'_>]) -> Reply {
        let (kind, body) = multipart(fields, files);
        let mut headers = self.headers();
        headers.push(kind);
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        wire::send_bytes(self.address, "POST", "/imports/uploads", &headers, &body)
    }

    /// Uploads one file of a kind. Gives the identifier of the upload.
    #[track_caller]
    pub fn upload(&self, kind: &str, name: &str, bytes: &[u8]) -> String {
        self.upload_with(&[("kind", kind)], name, bytes)
    }

    #[track_caller]
    pub fn upload_with(&self, more: &[(&str, &str)], name: &str, bytes: &[u8]) -> String {
        let token = self.token();
        let mut fields = vec![("guard", self.guard.as_str()), ("token", &token)];
        fields.extend(more);
        let reply = self.send(&fields, &[(name, bytes)]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let place = reply.header("location");
        place.strip_prefix("/imports/uploads/").unwrap_or_else(|| panic!("{place}")).to_owned()
    }

    /// Posts a form of an upload's page.
    pub fn post(&self, id: &str, act: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = format!("guard={}", self.guard);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={value}"));
        }
        let mut headers = self.headers();
        headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        wire::send(self.address, "POST", &format!("/imports/uploads/{id}/{act}"), &headers, &body)
    }

    #[track_caller]
    pub fn decide(&self, id: &str, answer: &str) {
        let reply = self.post(id, "decision", &[("answer", answer), ("scope", "full")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
    }

    /// The page of an upload.
    #[track_caller]
    pub fn page(&self, id: &str) -> String {
        let reply = wire::get(self.address, &format!("/imports/uploads/{id}"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text()
    }

    /// Waits until an upload's page asks for itself no more.
    #[track_caller]
    pub fn settled(&self, id: &str) -> String {
        wait_for("the end of the work", || Some(self.page(id)).filter(|page| !page.contains("data-poll")))
    }
}

/// A form as browsers encode it: its content type header and body.
pub fn multipart(fields: &[(&str, &str)], files: &[FilePart<'_>]) -> (String, Vec<u8>) {
    let line = "----form-boundary-7d1e";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{line}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, bytes) in files {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        body.extend(format!("--{line}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{line}--\r\n").bytes());
    (format!("Content-Type: multipart/form-data; boundary={line}"), body)
}
