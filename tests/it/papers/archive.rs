//! The archive is one that any program opens, and one of which no byte can change unseen.

use std::io::{Cursor, Read};

use pledgefund::export::stored_zip::{Files, StoredZipError, is_name, read, write};

fn files() -> Files {
    [("a.txt", &b"123456789"[..]), ("forms/b.zh.html", &b""[..]), ("z/1-2_3.json", &[0, 255, 7][..])]
        .map(|(name, content)| (name.to_owned(), content.to_vec()))
        .into_iter()
        .collect()
}

#[test]
fn another_program_reads_the_same_files() {
    let bytes = write(&files()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), files().len());
    for (name, content) in files() {
        let mut entry = archive.by_name(&name).unwrap();
        let mut found = Vec::new();
        // Reading to the end holds the checksum against the content.
        entry.read_to_end(&mut found).unwrap();
        assert_eq!(found, content, "{name}");
    }
    // The check value of CRC-32 for 123456789.
    assert_eq!(archive.by_name("a.txt").unwrap().crc32(), 0xCBF4_3926);
    assert_eq!(read(&bytes).unwrap(), (files(), None));
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = write(&files()).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let found = read(&changed);
            assert!(!matches!(found, Ok((_, None))), "byte {at} bit {bit}");
        }
    }
    for length in 0..bytes.len() {
        assert!(!matches!(read(&bytes[..length]), Ok((_, None))), "cut to {length}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(!matches!(read(&longer), Ok((_, None))));
}

#[test]
fn names_that_lead_elsewhere_are_never_written_nor_read() {
    let hostile = ["../a", "/a", "a//b", "a/../b", "a\\b", "c:a", "A", "a b", ".a", "a/.b", "a.", "", "é", "a\0", "a/"];
    for name in hostile {
        assert!(!is_name(name), "{name}");
        let one: Files = [(name.to_owned(), vec![1])].into_iter().collect();
        assert_eq!(write(&one), Err(StoredZipError::Name { name: name.to_owned() }));
    }
    // An archive that another program wrote with such a name.
    let bytes = write(&[("aa/b".to_owned(), vec![1])].into_iter().collect()).unwrap();
    let mut forged = bytes.clone();
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, w)| *w == b"aa/b").map(|(at, _)| at).collect();
    for at in places {
        forged[at..at + 4].copy_from_slice(b"../b");
    }
    assert_eq!(read(&forged), Err(StoredZipError::Name { name: "../b".to_owned() }));
}
