//! Settings: defaults compiled in, a file, the environment, in this order; checked as a whole.
//!
//! Owns `Config` and is the only place that reads the environment.
//! **Invariant:** an unknown key is an error, so that a misspelt setting never passes for a default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::domain::calendar::Month;
use crate::domain::outgoing::host_of;
use crate::domain::sign_in::password::Policy;
use crate::embedded::{self, Config as DefaultFiles};
use crate::sealing::Cipher;
use crate::storage::Algorithm;

/// Name of the file with the defaults.
const DEFAULTS: &str = "default.toml";
/// Prefix of settings in the environment.
const ENVIRONMENT: &str = "PLEDGEFUND_";

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A value is missing, of the wrong kind or of an unknown name.
    #[error("settings: {0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// The named file is not there.
    #[error("settings file {0} is not there")]
    NoFile(PathBuf),
    /// A value is out of its range.
    #[error("setting {key} cannot be {found}")]
    Value {
        /// Name of the setting.
        key: &'static str,
        /// Its value.
        found: String,
    },
}

/// All settings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where data is kept.
    pub data: DataConfig,
    /// The fund.
    pub fund: FundConfig,
    /// Dates that banks keep.
    pub calendar: CalendarConfig,
    /// Mail.
    pub mail: MailConfig,
    /// Imports in the background.
    pub imports: ImportsConfig,
    /// The audit chain.
    pub audit: AuditConfig,
    /// Sealed values.
    pub sealing: SealingConfig,
    /// What is told to other systems.
    pub webhooks: WebhooksConfig,
    /// Papers.
    pub attachments: AttachmentsConfig,
    /// The server.
    pub server: ServerConfig,
    /// The interface.
    pub api: ApiConfig,
    /// Signing in.
    pub sign_in: SignInConfig,
}

/// The audit chain.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// Hash of new events: `sm3` or `sha256`.
    pub algorithm: String,
}

/// What is told to other systems.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Hosts that may be told, each with a port where it is not 443.
    pub allowed_hosts: Vec<String>,
    /// Whether plain HTTP is taken.
    pub plain_http: bool,
    /// Whether addresses of this machine and of private networks are taken.
    pub private_addresses: bool,
}

/// Papers that are handed in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentsConfig {
    /// Mebibytes of papers one thing may have.
    pub thing_mib: u32,
    /// Mebibytes of papers the business of one bank may have.
    pub bank_mib: u32,
    /// Program that scans papers, and its arguments; empty for none.
    pub scanner: Vec<String>,
    /// Seconds it has.
    pub scanner_seconds: u64,
}

/// Where the keys of sealed values are.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SealingConfig {
    /// File with the keys; empty for the one in the data folder.
    pub key_file: PathBuf,
    /// The keys themselves, for settings in the environment.
    pub keys: Secret,
    /// With what is sealed: `aes-256-gcm` or `sm4-gcm`.
    pub algorithm: String,
}

/// A setting that is never shown.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A setting that is never shown.
    #[must_use]
    pub fn new(value: &str) -> Secret {
        Secret(Zeroizing::new(value.to_owned()))
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is set; for the one place that uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn shown(&self) -> &'static str {
        if self.is_empty() { "" } else { "***" }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.shown())
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

/// Where data is kept.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Folder.
    pub dir: PathBuf,
    /// URL or path of the database; empty for the SQLite file in the folder.
    pub database_url: String,
}

/// The fund.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FundConfig {
    /// Short name.
    pub id: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Managing unit, Chinese.
    pub manager_zh: String,
    /// Managing unit, English.
    pub manager_en: String,
    /// First month with reports, `YYYY-MM`.
    pub first_period: String,
    /// Rulebook file for new registrations.
    pub rulebook: String,
}

/// Dates that banks keep.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarConfig {
    /// Day of the following month.
    pub banks_due_day: u32,
    /// Beijing time, `HH:MM`.
    pub banks_due_time: String,
}

/// Mail.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// How mails leave.
    pub transport: MailTransport,
    /// Folder of delivered mails.
    pub folder: PathBuf,
    /// Sender address.
    pub from: String,
    /// Sender name.
    pub from_name: String,
    /// Font file with Chinese for the pictures in mails; empty for the one of the system.
    pub font: PathBuf,
    /// SMTP server.
    pub smtp: SmtpConfig,
    /// Who gets which report.
    pub recipients: Vec<Recipient>,
}

/// How mails leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// As `.eml` files.
    Folder,
    /// By SMTP.
    Smtp,
}

/// SMTP server.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub security: SmtpSecurity,
    /// User, empty for none.
    pub user: String,
    /// File with the password.
    pub password_file: PathBuf,
    /// Seconds until a step is given up.
    pub timeout_s: u64,
}

/// Encryption of SMTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// Plain text, for a server on this machine only.
    None,
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Tls,
}

/// Who gets which report.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Name of the report.
    pub report: String,
    /// Name of the recipient.
    pub name: String,
    /// Mail address.
    pub address: String,
}

/// Imports in the background.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ImportsConfig {
    /// Files imported at once; on SQLite always one.
    pub workers: u32,
    /// Seconds after which a silent worker loses its file to another one.
    pub lease_seconds: i64,
    /// How often one step of a file is begun before it is given up.
    pub attempts: i64,
    /// Days for which an uploaded file is kept after its end, and for which it waits for a decision.
    pub keep_days: i64,
}

/// Signing in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignInConfig {
    /// `dengbao` or `nist`.
    pub password_policy: String,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub absolute_hours: i64,
    /// A person has one session: a new one ends the one before.
    pub one_session: bool,
    /// Days without a sign-in after which an account is disabled; nought for never.
    pub disable_after_days: i64,
    /// Memory of one password hash, in KiB.
    pub memory_kib: u32,
    /// Passes of one password hash.
    pub passes: u32,
    /// Signing in by a provider.
    pub oidc: OidcConfig,
}

/// Signing in by a provider (OpenID Connect).
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider's name and address; empty for none.
    pub issuer: String,
    /// The product's name at the provider.
    pub client_id: String,
    /// File with the product's secret at the provider.
    pub client_secret_file: PathBuf,
    /// Address to which the provider sends people back, ending in `/sign-in/oidc/back`.
    pub redirect_uri: String,
    /// Claim that holds the name of the account.
    pub claim: String,
    /// What the button calls the provider, Chinese.
    pub name_zh: String,
    /// What the button calls the provider, English.
    pub name_en: String,
    /// Whether the product asks for its own code after the provider.
    pub require_second_factor: bool,
    /// Values of `amr` or `acr` after which it does not.
    pub trusted_amr: Vec<String>,
    /// Whether plain HTTP is taken.
    pub plain_http: bool,
    /// Whether addresses of this machine and of private networks are taken.
    pub private_addresses: bool,
}

/// Where the provider sends people back.
const OIDC_BACK: &str = "/sign-in/oidc/back";

impl OidcConfig {
    /// Whether people may sign in by a provider.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    fn check(&self) -> Result<(), ConfigError> {
        if !self.is_on() {
            return Ok(());
        }
        let reads = |address: &str| !address.contains('?') && host_of(address, self.plain_http).is_ok();
        for (key, found, holds) in [
            ("sign_in.oidc.issuer", &self.issuer, reads(&self.issuer)),
            (
                "sign_in.oidc.redirect_uri",
                &self.redirect_uri,
                reads(&self.redirect_uri) && self.redirect_uri.ends_with(OIDC_BACK),
            ),
            ("sign_in.oidc.client_id", &self.client_id, !self.client_id.is_empty()),
            ("sign_in.oidc.claim", &self.claim, !self.claim.is_empty()),
            ("sign_in.oidc.name_zh", &self.name_zh, !self.name_zh.is_empty()),
            ("sign_in.oidc.name_en", &self.name_en, !self.name_en.is_empty()),
        ] {
            if !holds {
                return Err(ConfigError::Value { key, found: found.clone() });
            }
        }
        if self.client_secret_file.as_os_str().is_empty() {
            return Err(ConfigError::Value { key: "sign_in.oidc.client_secret_file", found: String::new() });
        }
        Ok(())
    }
}

/// The server.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Networks of proxies that are believed.
    pub trusted_proxies: Vec<String>,
    /// Names by which the server answers besides this machine's own.
    pub public_hosts: Vec<String>,
    /// File with the certificate and those above it; empty for plain connections.
    pub tls_certificate: PathBuf,
    /// File with the certificate's key.
    pub tls_key: PathBuf,
}

/// The interface for banks' core systems.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ApiConfig {
    /// Requests a token may send in a minute.
    pub requests_per_minute: u32,
    /// Requests an address may send in a minute, whatever token it names.
    pub requests_per_minute_and_address: u32,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `NoFile`, `Unreadable`, `Value`.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let defaults = embedded::text::<DefaultFiles>(DEFAULTS).unwrap_or_default();
        let mut figment = Figment::from(Toml::string(&defaults));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NoFile(path.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        let figment = figment.merge(Env::prefixed(ENVIRONMENT).split("__"));
        let config: Config = figment.extract().map_err(Box::new)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if Month::parse(&self.fund.first_period).is_err() {
            return Err(ConfigError::Value { key: "fund.first_period", found: self.fund.first_period.clone() });
        }
        if !(1..=28).contains(&self.calendar.banks_due_day) {
            let found = self.calendar.banks_due_day.to_string();
            return Err(ConfigError::Value { key: "calendar.banks_due_day", found });
        }
        if NaiveTime::parse_from_str(&self.calendar.banks_due_time, "%H:%M").is_err() {
            let found = self.calendar.banks_due_time.clone();
            return Err(ConfigError::Value { key: "calendar.banks_due_time", found });
        }
        if Algorithm::from_code(&self.audit.algorithm).is_none() {
            return Err(ConfigError::Value { key: "audit.algorithm", found: self.audit.algorithm.clone() });
        }
        if Cipher::from_code(&self.sealing.algorithm).is_none() {
            return Err(ConfigError::Value { key: "sealing.algorithm", found: self.sealing.algorithm.clone() });
        }
        let imports = &self.imports;
        for (key, value, span) in [
            ("imports.workers", i64::from(imports.workers), 1..=8),
            ("imports.lease_seconds", imports.lease_seconds, 1..=3_600),
            ("imports.attempts", imports.attempts, 1..=100),
            ("imports.keep_days", imports.keep_days, 1..=3_650),
            ("sign_in.idle_minutes", self.sign_in.idle_minutes, 1..=30),
            ("sign_in.absolute_hours", self.sign_in.absolute_hours, 1..=12),
            ("sign_in.disable_after_days", self.sign_in.disable_after_days, 0..=3_650),
            ("sign_in.memory_kib", i64::from(self.sign_in.memory_kib), 64..=1_048_576),
            ("sign_in.passes", i64::from(self.sign_in.passes), 1..=20),
        ] {
            if !span.contains(&value) {
                return Err(ConfigError::Value { key, found: value.to_string() });
            }
        }
        if Policy::from_code(&self.sign_in.password_policy).is_none() {
            let found = self.sign_in.password_policy.clone();
            return Err(ConfigError::Value { key: "sign_in.password_policy", found });
        }
        self.sign_in.oidc.check()?;
        let name_ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.fund.id.is_empty() || !self.fund.id.chars().all(name_ok) {
            return Err(ConfigError::Value { key: "fund.id", found: self.fund.id.clone() });
        }
        Ok(())
    }

    /// The database to open.
    #[must_use]
    pub fn database_url(&self) -> String {
        if self.data.database_url.is_empty() {
            self.data.dir.join("pledgefund.db").to_string_lossy().into_owned()
        } else {
            self.data.database_url.clone()
        }
    }

    /// The folder of delivered mails.
    #[must_use]
    pub fn mail_folder(&self) -> PathBuf {
        self.data.dir.join(&self.mail.folder)
    }

    /// The folder of extra mappings, searched before the ones compiled in.
    #[must_use]
    pub fn mappings_folder(&self) -> PathBuf {
        self.data.dir.join("mappings")
    }

    /// Beijing time by which banks report.
    #[must_use]
    pub fn banks_due_time(&self) -> NaiveTime {
        NaiveTime::parse_from_str(&self.calendar.banks_due_time, "%H:%M")
            .expect("checked when the settings were loaded")
    }
}
