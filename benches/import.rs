//! A large loan book from file to stored rows.
mod book;
use calamine::{Reader, Xlsx};
use std::time::Instant;
fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("--make") => {
            std::fs::write(&words[2], book::workbook(words[3].parse().unwrap(), |_, _| ()).unwrap()).unwrap()
        }
        Some("--stages") => {
            let bytes = std::fs::read(&words[2]).unwrap();
            let t = Instant::now();
            let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes[..])).unwrap();
            println!("open {:?}", t.elapsed());
            let name = book.sheet_names()[0].clone();
            let mut cells = book.worksheet_cells_reader(&name).unwrap();
            let mut n = 0;
            while let Some(_c) = cells.next_cell().unwrap() {
                n += 1;
            }
            println!("cells {n} {:?}", t.elapsed());
            let t = Instant::now();
            use pledgefund::import::*;
            let request = ReadRequest::new(field::FileKind::Registrations);
            let mappings = mapping::MappingSet::load(None).unwrap();
            let r = read_file("SGH_x.xlsx", &bytes, &request, &mappings, &mut |_| ()).unwrap();
            println!("read_file {} {:?}", r.records_total, t.elapsed());
        }
        _ => {}
    }
}
