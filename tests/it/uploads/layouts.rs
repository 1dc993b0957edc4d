//! A file no layout fits: its columns are told, corrected and kept, and the next such file needs nobody.

use super::books::{clerk_at, sample};
use crate::support::product::on_both;
use crate::support::serving::{Clerk, Serving};
use crate::support::wire::{self, Reply};

/// A month's report of a bank under headers nobody has met.
fn strange(month: &str) -> Vec<u8> {
    let bytes = sample(&format!("monthly/SGH_{month}.csv"));
    let text = String::from_utf8(bytes).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let strange = head.replace("合同", "业务合同").replace("余额", "月末结余").replace("五级分类", "风险类别");
    assert_ne!(head, strange);
    format!("{strange}\n{rest}").into_bytes()
}

fn decoded(text: &str) -> String {
    [("&#x2f;", "/"), ("&quot;", "\""), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(decoded)
}

/// What a browser would send of the form on a page, untouched.
fn untouched(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form class=\"stack\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
    let mut fields = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or((part, ""));
        if tag.starts_with("input") && !tag.contains("type=\"checkbox\"") {
            fields.push((attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap_or_default()));
        }
    }
    for part in form.split("<select ").skip(1) {
        let (tag, rest) = part.split_once('>').unwrap();
        let options = rest.split("</select>").next().unwrap();
        let chosen = options.split("<option").skip(1).find(|option| option.contains(" selected>"));
        let chosen = chosen.or_else(|| options.split("<option").nth(1)).unwrap();
        let words = chosen.split_once('>').unwrap().1.split('<').next().unwrap();
        let value = attribute(chosen.split('>').next().unwrap(), "value").unwrap_or_else(|| decoded(words));
        fields.push((attribute(&format!(" {tag}"), "name").unwrap(), value));
    }
    fields
}

fn send(clerk: &Clerk, id: &str, fields: &[(String, String)]) -> Reply {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", pledgefund::link::segment(value))).collect();
    let mut headers = clerk.headers();
    headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    wire::send(clerk.address, "POST", &format!("/imports/uploads/{id}/mapping"), &headers, &pairs.join("&"))
}

fn with(mut fields: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

#[test]
fn a_file_no_layout_fits_teaches_its_layout_once() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample("registration/SGH_registration.xlsx"));
        clerk.settled(&id);
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);

        let id = clerk.upload("servicing", "SGH_202507.csv", &strange("202507"));
        let page = clerk.settled(&id);
        assert!(page.contains("文件已退回") && page.contains(&format!("/imports/uploads/{id}/mapping")), "{page}");
        let path = format!("/imports/uploads/{id}/mapping");
        let reply = clerk.get(&path);
        assert_eq!(reply.status, 200, "{}", reply.text());
        let page = reply.text();
        assert!(page.contains("月末结余") && page.contains("贷款余额"), "{page}");

        // Looking saves nothing; what is open is named, and what is said of it stays said.
        assert!(page.contains("缺少必需列：贷款余额"), "{page}");
        let open = send(&clerk, &id, &with(untouched(&page), &[("step", "save")]));
        assert!(open.status == 422 && open.text().contains("还有待定的列，格式没有保存"), "{}", open.text());
        let looked = send(&clerk, &id, &with(untouched(&page), &[("step", "look"), ("f2", "balance")]));
        assert_eq!(looked.status, 200, "{}", looked.text());
        assert!(!looked.text().contains("缺少必需列"), "{}", looked.text());
        let fields = untouched(&looked.text());
        let wrong = send(&clerk, &id, &with(fields.clone(), &[("step", "look"), ("header_row", "99")]));
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("第99行不能作为"), "{}", wrong.text());
        assert_eq!(
            installation.json(&["mapping", "list"], &[0])["mappings"].to_string().matches("SGH_servicing").count(),
            0
        );

        let changes = [("step", "save"), ("name", "SGH_servicing"), ("accept_guesses", "yes")];
        let kept = send(&clerk, &id, &with(fields.clone(), &changes));
        assert_eq!(kept.status, 303, "{}", kept.text());
        let again = kept.header("location");
        assert_eq!(send(&clerk, &id, &with(fields, &changes)).header("location"), again, "a second click is the same");
        let again = again.rsplit('/').next().unwrap();
        let page = clerk.settled(again);
        assert!(page.contains("条可以导入") || page.contains("全部合格"), "{page}");
        assert!(page.contains("SGH_servicing@1"), "{page}");

        // The next month is recognised by itself.
        let next = clerk.upload("servicing", "SGH_202508.csv", &strange("202508"));
        let page = clerk.settled(&next);
        assert!(page.contains("SGH_servicing@1") && page.contains("2025-08"), "{page}");
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
        // A file that needs no layout has no such page.
        assert_eq!(wire::get(server.address, &format!("/imports/uploads/{next}/mapping")).status, 404);
    });
}
