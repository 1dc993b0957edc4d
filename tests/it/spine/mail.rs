//! Mail over a real SMTP server: the bytes stored are the bytes received.

use pledgefund::jobs::runner::Occurrence;
use pledgefund::mail::deliver;
use pledgefund::storage::find::{jobs, mail};
use pledgefund::storage::{Act, Scope};

use crate::support::product::{Installation, on_both};
use crate::support::smtp::{self, python, sink};

#[test]
fn a_summary_goes_over_smtp_byte_for_byte() {
    let Some(python) = python() else { return };
    on_both(|installation| over_smtp(&python, installation));
}

fn over_smtp(python: &str, installation: &Installation) {
    let received = tempfile::tempdir().unwrap();
    let (server, port) = sink(python, received.path());
    installation.import_samples();
    let settings = installation.folder.path().join("settings.toml");
    let text = format!(
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n"
    );
    std::fs::write(&settings, text).unwrap();
    let config = settings.to_string_lossy().into_owned();
    installation.json(&["--config", &config, "job", "run", "regulator_summary", "--on", "2026-07-10"], &[0]);
    installation.json(&["--config", &config, "job", "run", "deliver_mail", "--on", "2026-07-10"], &[0]);
    let app = installation.app("2026-07-10");
    let mut db = app.store.read().unwrap();
    let lines = mail::lines(&mut db, "shuozhou", 100).unwrap();
    assert_eq!(lines.len(), 3, "regulator, archive, auditor");
    let mut got: Vec<Vec<u8>> =
        std::fs::read_dir(received.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    // The line end that closes the last line belongs to the transfer, not to the message.
    for mail in &mut got {
        while mail.ends_with(b"\r\n") {
            mail.truncate(mail.len() - 2);
        }
    }
    got.sort();
    let mut stored = Vec::new();
    for line in &lines {
        assert_eq!((line.state.as_str(), line.attempts), ("delivered", 1), "{:?}", line.last_error);
        let mut raw = mail::one(&mut db, &line.message_id).unwrap().unwrap().0.raw;
        while raw.ends_with(b"\r\n") {
            raw.truncate(raw.len() - 2);
        }
        stored.push(raw);
    }
    stored.sort();
    assert_eq!(got.len(), stored.len());
    assert!(got == stored, "received and stored differ");
    smtp::close(server);
}

#[test]
fn a_mail_whose_server_is_down_stays_queued_with_its_reason() {
    on_both(while_the_server_is_down);
}

fn while_the_server_is_down(installation: &Installation) {
    installation.import_samples();
    installation.json(&["job", "run", "regulator_summary", "--on", "2026-07-10"], &[0]);
    let mut app = installation.app("2026-07-10");
    app.config.mail.transport = pledgefund::config::MailTransport::Smtp;
    app.config.mail.smtp.host = "127.0.0.1".to_owned();
    app.config.mail.smtp.port = 1;
    app.config.mail.smtp.security = pledgefund::config::SmtpSecurity::None;
    // Composed by the command on the machine's clock; this clock stands at noon of the same books.
    let now = pledgefund::clock::Clock::System.now();
    app.store = app.store.with_clock(pledgefund::clock::Clock::simulated(now));
    let act = Act::new("test", "2026-07-10".parse().unwrap());
    app.store.write(&Scope::system(), &act, |tx| jobs::enter(tx, "deliver_mail", now, tx.on(), "due")).unwrap();
    let run = jobs::run(&mut app.store.read().unwrap(), "deliver_mail", now).unwrap().unwrap();
    let lease = app.store.write(&Scope::system(), &act, |tx| jobs::take(tx, &run, "test")).unwrap().unwrap();
    let occurrence = Occurrence { app: &app, on: act.on, lease };
    deliver::deliver_due(&occurrence).unwrap();
    let lines = mail::lines(&mut app.store.read().unwrap(), "shuozhou", 100).unwrap();
    for line in lines {
        assert_eq!((line.state.as_str(), line.attempts), ("queued", 1));
        assert!(line.last_error.is_some());
    }
}
