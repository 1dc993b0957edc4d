//! One mail handed over: as a file, or by SMTP.
//!
//! Owns the ways out and what is said of each: taken, refused, not reached.
//! **Invariant:** the bytes given are the bytes handed over; a file of the same content is overwritten with itself.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};

use crate::config::{Config, MailTransport, SmtpConfig, SmtpSecurity};

/// What is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Key of the content, from which a file gets its name.
    pub content_key: &'a str,
    /// Address.
    pub recipient: &'a str,
    /// The message.
    pub raw: &'a [u8],
}

/// It was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// By whom: a file, or `smtp:host:port`.
    pub place: String,
    /// What the server answered; empty for a file.
    pub said: String,
}

/// It was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why, in the words of whoever refused.
    pub reason: String,
    /// It will never be taken.
    pub permanent: bool,
    /// A server answered and said no; otherwise none was reached, or not understood.
    pub answered: bool,
}

impl Refused {
    fn unanswered(reason: String) -> Refused {
        Refused { reason, permanent: false, answered: false }
    }

    fn for_good(reason: String) -> Refused {
        Refused { reason, permanent: true, answered: false }
    }
}

/// Whether a text reads as an address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.is_ascii() && text.parse::<Address>().is_ok()
}

/// Hands a mail over in the way the settings say.
///
/// # Errors
/// Whoever did not take it, and why.
pub fn hand_over(config: &Config, parcel: Parcel<'_>) -> Result<Taken, Refused> {
    match config.mail.transport {
        MailTransport::Folder => write_file(&config.mail_folder(), parcel)
            .map(|place| Taken { place, said: String::new() })
            .map_err(|error| Refused::unanswered(error.to_string())),
        MailTransport::Smtp => send(&config.mail.smtp, &config.mail.from, parcel),
    }
}

/// Writes a mail under a name made from its content key, first beside it and then in one step to its place.
fn write_file(folder: &Path, parcel: Parcel<'_>) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') { c } else { '_' };
    let name: String = parcel.content_key.chars().map(safe).collect::<String>() + ".eml";
    let waiting = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&waiting)?;
    file.write_all(parcel.raw)?;
    file.sync_all()?;
    std::fs::rename(&waiting, folder.join(&name))?;
    Ok(name)
}

fn send(smtp: &SmtpConfig, from: &str, parcel: Parcel<'_>) -> Result<Taken, Refused> {
    let address = |text: &str| text.parse::<Address>().map_err(|e| Refused::for_good(e.to_string()));
    let envelope = Envelope::new(Some(address(from)?), vec![address(parcel.recipient)?])
        .map_err(|e| Refused::for_good(e.to_string()))?;
    let transport = transport(smtp).map_err(Refused::unanswered)?;
    match transport.send_raw(&envelope, parcel.raw) {
        Ok(answer) => {
            let words: Vec<&str> = answer.message().collect();
            let said = format!("{} {}", answer.code(), words.join(" ")).trim_end().to_owned();
            Ok(Taken { place: format!("smtp:{}:{}", smtp.host, smtp.port), said })
        }
        Err(error) => Err(refused(&error)),
    }
}

fn refused(error: &SmtpError) -> Refused {
    Refused { permanent: error.is_permanent(), answered: error.status().is_some(), reason: error.to_string() }
}

fn transport(smtp: &SmtpConfig) -> Result<SmtpTransport, String> {
    let parameters = || TlsParameters::new(smtp.host.clone()).map_err(|e| e.to_string());
    let tls = match smtp.security {
        SmtpSecurity::None => Tls::None,
        SmtpSecurity::Starttls => Tls::Required(parameters()?),
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = SmtpTransport::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(smtp.timeout_s)));
    if !smtp.user.is_empty() {
        let password = std::fs::read_to_string(&smtp.password_file).map_err(|e| e.to_string())?;
        builder = builder.credentials(Credentials::new(smtp.user.clone(), password.trim_end().to_owned()));
    }
    Ok(builder.build())
}
