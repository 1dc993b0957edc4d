//! From a report to the bytes of a mail.
//!
//! **Invariant:** the same content gives the same bytes: date, identifiers and boundaries come from what is
//! mailed, never from chance.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentId, ContentTransferEncoding, ContentType};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::hash::sha256_hex;

/// Media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name as people read it.
    pub name: String,
    /// Name for programs that read ASCII only.
    pub ascii: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// What a mail says, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Key of the content: report, period, version, recipient.
    pub content_key: String,
    /// Fund, which names the sending system.
    pub fund_id: String,
    /// Sender's address and name.
    pub from: (String, String),
    /// Recipient's address and name.
    pub to: (String, String),
    /// Subject.
    pub subject: String,
    /// Text body.
    pub text: String,
    /// HTML body.
    pub html: String,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// When it was composed, UTC.
    pub composed_at: NaiveDateTime,
}

/// A composed mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Message-ID, in angle brackets.
    pub message_id: String,
    /// The whole message.
    pub raw: Vec<u8>,
}

/// Composes a mail.
///
/// # Errors
/// What is wrong with an address or a header.
pub fn compose(letter: &Letter) -> Result<Composed, String> {
    let (id, message_id) = identifiers(&letter.content_key, &letter.fund_id);
    let mailbox = |(address, name): &(String, String)| -> Result<Mailbox, String> {
        let address = address.parse().map_err(|e| format!("{address}: {e}"))?;
        Ok(Mailbox::new(Some(name.clone()).filter(|name| !name.is_empty()), address))
    };
    let alternative = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("alternative-{id}"))
        .singlepart(part(ContentType::TEXT_PLAIN, letter.text.clone().into_bytes()));
    let (page, pictures) = taken_apart(&letter.html, &id)?;
    let page = part(ContentType::TEXT_HTML, page.into_bytes());
    let alternative = match pictures.is_empty() {
        true => alternative.singlepart(page),
        false => alternative.multipart(related(page, pictures, &id)?),
    };
    let mut body =
        MultiPart::builder().kind(MultiPartKind::Mixed).boundary(format!("mixed-{id}")).multipart(alternative);
    for attachment in &letter.attachments {
        let kind = format!("{XLSX}; name=\"{}\"", attachment.ascii);
        let kind = ContentType::parse(&kind).map_err(|e| e.to_string())?;
        let single = SinglePart::builder()
            .header(kind)
            .header(ContentDisposition::attachment(&attachment.name))
            .header(ContentTransferEncoding::Base64)
            .body(attachment.bytes.clone());
        body = body.singlepart(single);
    }
    let message = Message::builder()
        .message_id(Some(message_id.clone()))
        .date(system_time(letter.composed_at))
        .from(mailbox(&letter.from)?)
        .to(mailbox(&letter.to)?)
        .subject(letter.subject.clone())
        .multipart(body)
        .map_err(|e| e.to_string())?;
    Ok(Composed { message_id, raw: message.formatted() })
}

/// Where a picture begins within a page.
const WITHIN: &str = "src=\"data:image/png;base64,";

/// Pictures with the names that a page calls them by.
type Pictures = Vec<(String, Vec<u8>)>;

/// The page with references in the place of the pictures that stand in it, and the pictures with their names: mail
/// programs show what is a part beside a page, and nothing that stands within it.
fn taken_apart(html: &str, id: &str) -> Result<(String, Pictures), String> {
    let (mut text, mut pictures) = (String::with_capacity(html.len()), Vec::new());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(WITHIN) {
        let (encoded, behind) = after.split_once('"').ok_or("a picture without an end")?;
        let name = format!("picture-{}.{id}@pledgefund", pictures.len().saturating_add(1));
        text.push_str(&format!("{before}src=\"cid:{name}\""));
        // Templates write this sign as a reference, like every text in a page.
        let encoded = encoded.replace("&#x2f;", "/");
        pictures.push((name, STANDARD.decode(encoded).map_err(|e| e.to_string())?));
        rest = behind;
    }
    text.push_str(rest);
    Ok((text, pictures))
}

fn related(page: SinglePart, pictures: Pictures, id: &str) -> Result<MultiPart, String> {
    let mut body = MultiPart::builder().kind(MultiPartKind::Related).boundary(format!("related-{id}")).singlepart(page);
    for (name, bytes) in pictures {
        let single = SinglePart::builder()
            .header(ContentType::parse("image/png").map_err(|e| e.to_string())?)
            .header(ContentDisposition::inline())
            .header(ContentId::from(format!("<{name}>")))
            .header(ContentTransferEncoding::Base64)
            .body(bytes);
        body = body.singlepart(single);
    }
    Ok(body)
}

/// Headers that say which mail this is, and are written anew where it goes out again.
const OWN: [&str; 4] = ["Message-ID:", "Date:", "References:", REPEATS];
/// Names the mail that is repeated.
const REPEATS: &str = "X-Pledgefund-Repeats:";

/// A mail that goes out again: another Message-ID and date, the mail it repeats named, everything else byte for byte.
///
/// # Errors
/// A stored message without a head.
pub fn again(
    raw: &[u8],
    repeats: &str,
    content_key: &str,
    fund_id: &str,
    composed_at: NaiveDateTime,
) -> Result<Composed, String> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").ok_or("the stored message has no head")?;
    let (head, rest) = raw.split_at(end);
    let head = std::str::from_utf8(head).map_err(|e| e.to_string())?;
    let (_, message_id) = identifiers(content_key, fund_id);
    let date = composed_at.format("%a, %d %b %Y %H:%M:%S +0000");
    let mut lines =
        vec![format!("Message-ID: {message_id}"), format!("Date: {date}"), format!("References: {repeats}")];
    lines.push(format!("{REPEATS} {repeats}"));
    let mut kept = true;
    for line in head.split("\r\n") {
        // A line that begins with a blank goes on with the header before it.
        if !line.starts_with([' ', '\t']) {
            let is = |name: &&str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            kept = !OWN.iter().any(is);
        }
        if kept {
            lines.push(line.to_owned());
        }
    }
    let mut raw = lines.join("\r\n").into_bytes();
    raw.extend_from_slice(rest);
    Ok(Composed { message_id, raw })
}

/// Identifier of the parts and Message-ID, both from the content alone.
fn identifiers(content_key: &str, fund_id: &str) -> (String, String) {
    let digest = sha256_hex(content_key.as_bytes());
    let id = digest.get(..32).unwrap_or(&digest).to_owned();
    let message_id = format!("<{id}@{fund_id}.pledgefund.invalid>");
    (id, message_id)
}

fn part(kind: ContentType, bytes: Vec<u8>) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64).body(bytes)
}

fn system_time(at: NaiveDateTime) -> SystemTime {
    let seconds = u64::try_from(at.and_utc().timestamp()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}
