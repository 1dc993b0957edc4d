//! Papers are what they are called, lie sealed, and go where nothing but an identifier points.

use std::io::{Cursor, Write};

use pledgefund::config::AttachmentsConfig;
use pledgefund::http::headers::download;
use pledgefund::storage::find::acts;
use pledgefund::usecase::attachments::kind::PaperKind;
use pledgefund::usecase::attachments::{Paper, attach, is_name, read};

use crate::papers::journey::{CLAIM, DAY, begun, day};
use crate::support::product::{Installation, on_both};

fn paper(name: &str, content: &[u8]) -> Paper {
    Paper {
        life: "claim".to_owned(),
        subject: CLAIM.to_owned(),
        document: "LOAN_CONTRACT".to_owned(),
        file_name: name.to_owned(),
        content: content.to_vec(),
    }
}

fn archive(names: &[&str]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"<x/>").unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn name_and_content_must_say_the_same() {
    let samples: [(&str, Vec<u8>); 5] = [
        ("a.pdf", b"%PDF-1.7\n".to_vec()),
        ("a.jpg", vec![0xff, 0xd8, 0xff, 0xe0]),
        ("a.png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("a.ofd", archive(&["OFD.xml", "Doc_0/Document.xml"])),
        ("a.xlsx", archive(&["[Content_Types].xml", "xl/workbook.xml"])),
    ];
    for (name, content) in &samples {
        for (other, _) in &samples {
            assert_eq!(PaperKind::of(other, content).is_some(), other == name, "{name} as {other}");
        }
        assert!(PaperKind::of(&name.to_uppercase(), content).is_some());
        for wrong in ["a", "a.exe", "a.html", "a.svg", "a.xlsm", "a.pdf.exe", "a.pdf "] {
            assert_eq!(PaperKind::of(wrong, content), None, "{wrong}");
        }
    }
    let macros = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]);
    assert_eq!(PaperKind::of("a.xlsx", &macros), None);
    assert_eq!(PaperKind::of("a.xlsx", b"PK\x03\x04 broken"), None);
    assert_eq!(PaperKind::of("a.jpeg", &[0xff, 0xd8, 0xff]), Some(PaperKind::Jpeg));
    for kind in PaperKind::ALL {
        assert_eq!(PaperKind::of_media_type(kind.media_type()), Some(kind));
    }
}

#[test]
fn a_paper_lies_sealed_and_is_read_back_on_both() {
    on_both(|installation| {
        let app = begun(installation);
        let content = b"%PDF-1.7 canary-of-a-paper";
        let first = attach(&app, &paper("合同.pdf", content), "受理乙", day(DAY)).unwrap();
        assert_eq!(first.attachment_id.len(), 32, "128 random bits");
        let mut db = app.store.read().unwrap();
        let row = acts::paper(&mut db, &first.attachment_id).unwrap().unwrap();
        assert!(!row.content.windows(6).any(|six| six == b"canary"));
        assert_eq!(row.content_hash, first.content_hash);
        let back = read(&app, &mut db, &first.attachment_id).unwrap().unwrap();
        assert_eq!((back.content.as_slice(), back.media_type), (&content[..], "application/pdf"));
        assert_eq!((back.file_name.as_str(), back.verdict.as_str()), ("合同.pdf", "not_scanned"));
        assert_eq!(read(&app, &mut db, "no-such").unwrap(), None);
        // The content of one paper laid under another.
        let second = attach(&app, &paper("合同2.pdf", b"%PDF-1.7 other"), "受理乙", day(DAY)).unwrap();
        drop(db);
        let listed = installation.json(&["attachments", "claim", CLAIM], &[0]);
        let listed = listed["attachments"].as_array().unwrap();
        assert!(listed.len() == 2 && listed.iter().all(|one| one["scan"] == "not_scanned"), "{listed:?}");
        assert_eq!(installation.json(&["verify"], &[0, 1])["ok"], true);
        installation.tamper(&format!(
            "UPDATE attachments SET content = (SELECT content FROM attachments WHERE attachment_id = '{}') \
             WHERE attachment_id = '{}'",
            first.attachment_id, second.attachment_id
        ));
        assert!(read(&app, &mut app.store.read().unwrap(), &second.attachment_id).is_err());
        assert_eq!(installation.json(&["verify"], &[0, 1])["ok"], false);
    });
}

#[test]
fn the_scanner_decides_and_its_silence_refuses() {
    let installation = Installation::sqlite();
    let mut app = begun(&installation);
    let code =
        |app: &pledgefund::app::App, name: &str| match attach(app, &paper(name, b"%PDF-1.7 x"), "受理乙", day(DAY)) {
            Ok(attached) => {
                read(app, &mut app.store.read().unwrap(), &attached.attachment_id).unwrap().unwrap().verdict
            }
            Err(error) => error.code().to_owned(),
        };
    let scanner = |script: &str| AttachmentsConfig {
        thing_mib: 1,
        bank_mib: 1,
        scanner: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        scanner_seconds: 1,
    };
    for (script, expected) in [
        ("exit 1", "ATTACHMENT_INFECTED"),
        ("exit 2", "ATTACHMENT_SCANNER"),
        ("kill -9 $$", "ATTACHMENT_SCANNER"),
        ("while :; do :; done", "ATTACHMENT_SCANNER"),
        // It gets the paper, and nothing of our environment.
        ("[ \"$(cat)\" = '%PDF-1.7 x' ] && [ -z \"$HOME$PLEDGEFUND_SEALING__KEYS$DATABASE_URL\" ]", "clean"),
    ] {
        app.config.attachments = scanner(script);
        assert_eq!(code(&app, "a.pdf"), expected, "{script}");
    }
    let shown = String::from_utf8(installation.run(&["attachments", "claim", CLAIM]).stdout).unwrap();
    assert_eq!(shown.matches("扫描未见异常").count(), 1, "{shown}");
    app.config.attachments.scanner = vec!["/no/such/scanner".to_owned()];
    app.config.attachments.bank_mib = 1;
    assert!(matches!(attach(&app, &paper("b.pdf", b"%PDF-1.7 y"), "受理乙", day(DAY)),
        Err(error) if error.code() == "ATTACHMENT_SCANNER"));
}

#[test]
fn papers_of_a_thing_and_of_a_bank_have_an_end() {
    let installation = Installation::sqlite();
    let mut app = begun(&installation);
    let big = |salt: &str| [b"%PDF-", salt.as_bytes(), &vec![b'x'; 700 * 1024]].concat();
    for (thing, bank) in [(1, 100), (100, 1)] {
        let subject = if thing == 1 { "claim" } else { "registration" };
        app.config.attachments.thing_mib = thing;
        app.config.attachments.bank_mib = bank;
        let mut first = paper("a.pdf", &big(&format!("{thing}a")));
        let mut second = paper("b.pdf", &big(&format!("{thing}b")));
        if subject == "registration" {
            for paper in [&mut first, &mut second] {
                paper.life = "registration".to_owned();
                paper.subject = crate::papers::journey::LOAN.to_owned();
            }
        } else {
            attach(&app, &first, "受理乙", day(DAY)).unwrap();
        }
        let refused = attach(&app, &second, "受理乙", day(DAY)).unwrap_err();
        assert_eq!(refused.code(), "ATTACHMENT_QUOTA", "{thing} {bank}");
        assert!(refused.text(pledgefund::i18n::Lang::En).contains("bytes"));
    }
}

/// Names that try to leave the store; every one of them is either refused or stored as what it is: a label.
fn hostile_names() -> Vec<String> {
    let starts = [
        "../",
        "..\\",
        "%2e%2e/",
        "..%2f",
        "..%5c",
        "/",
        "\\",
        "C:\\",
        "C:",
        "//server/",
        "\\\\server\\",
        "./",
        "~/",
        "....//",
        "\u{2025}/",
        "\u{ff0e}\u{ff0e}\u{ff0f}",
        "a/../",
        "a\0",
        "\u{202e}",
        "a\r\nX: ",
    ];
    let ends = [
        "etc/passwd.pdf",
        "合同.pdf",
        "a.pdf\0.exe",
        "con.pdf",
        "x.pdf/",
        "x.pdf\\..",
        "a.pdf\n",
        "nul",
        "a.pdf;b",
        "a\".pdf",
        "a'.pdf",
        "a%00.pdf",
        "$(id).pdf",
        "`id`.pdf",
        "a|b.pdf",
        "<b>.pdf",
        "a.pdf ",
        " a.pdf",
        ".pdf",
        "a.pdf.",
        "a:b.pdf",
        "*.pdf",
        "?.pdf",
        "../../x.pdf",
    ];
    let mut names: Vec<String> =
        starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect();
    names.extend((0..20).map(|n| format!("{}{}.pdf", "../".repeat(n + 1), "名".repeat(1 + 70 * n))));
    names.push("x".repeat(4096));
    names
}

#[test]
fn five_hundred_hostile_names_write_nothing_outside() {
    let installation = Installation::sqlite();
    let app = begun(&installation);
    let names = hostile_names();
    assert!(names.len() >= 500, "{}", names.len());
    let files = || {
        let mut found: Vec<_> = Vec::new();
        let mut open = vec![installation.folder.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    };
    let before = files();
    let mut taken = 0;
    for name in &names {
        match attach(&app, &paper(name, b"%PDF-1.7 x"), "受理乙", day(DAY)) {
            Ok(_) => {
                assert!(is_name(name) && !name.contains(['/', '\\', '\0']), "{name:?}");
                taken += 1;
            }
            Err(error) => assert!(matches!(error.code(), "ATTACHMENT_NAME" | "ATTACHMENT_KIND"), "{name:?} {error}"),
        }
        let headers = download(name, "application/pdf");
        let place = headers["content-disposition"].to_str().unwrap();
        assert!(place.starts_with("attachment; filename=\"file."), "{place}");
        assert!(!place.contains(['/', '\\', '\r', '\n', '\0']), "{place}");
    }
    assert_eq!(files(), before);
    assert!(taken < names.len() / 2, "{taken}");
}
