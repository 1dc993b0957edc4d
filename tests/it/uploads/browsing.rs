//! A clerk at a real browser: a file with errors goes in, the preview is read, the good rows are taken.

use fantoccini::{Client, Locator};

use super::books::{loans_of, partners};
use crate::support::browser::{self, Watched};
use crate::support::driver::Failure;
use crate::support::product::{on_both, samples};
use crate::support::serving::{Clerk, Serving};

/// The words a clerk looks for, in one language.
struct Words {
    lang: &'static str,
    kind: &'static str,
    file: &'static str,
    found: &'static str,
    nothing: &'static str,
    done: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        lang: "zh",
        kind: "备案",
        file: "registration/SGH_registration.xlsx",
        found: "共 201 条记录：195 条可以导入，6 条有错误。",
        nothing: "目前没有导入任何内容",
        done: "导入完成：新增 195 条",
    },
    Words {
        lang: "en",
        kind: "Registrations",
        file: "registration/YYC_registration.xlsx",
        found: "With errors:",
        nothing: "Nothing has been imported so far",
        done: "Imported. New records:",
    },
];

#[test]
fn a_clerk_sends_a_file_with_errors_reads_what_was_found_and_takes_the_good_rows() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        partners(&clerk);
        let home = format!("http://{}", server.address);
        let walked = browser::walk(1366, &home, |client, watched| Box::pin(walk(client, watched)));
        if walked.is_none() {
            return;
        }
        assert_eq!(loans_of(&clerk, "SGH"), 195);
        assert!(loans_of(&clerk, "YYC") > 100);
    });
}

async fn walk(client: &Client, watched: &Watched<'_>) -> Result<(), Failure> {
    for words in &WORDS {
        client.goto(&format!("{}/imports?lang={}", watched.home, words.lang)).await?;
        client.find(Locator::Id("kind")).await?.select_by_label(words.kind).await?;
        let path = samples().join(words.file);
        client.find(Locator::Id("file")).await?.send_keys(&path.to_string_lossy()).await?;
        watched.look(client, &format!("clerk-form-{}", words.lang)).await?;
        client.find(Locator::Css("form.fields button")).await?.click().await?;
        // The page asks for itself until the check is over.
        client.wait().for_element(Locator::Css("form.decide")).await?;
        let page = client.find(Locator::Id("main")).await?.text().await?;
        assert!(page.contains(words.found) && page.contains(words.nothing), "{page}");
        watched.look(client, &format!("clerk-preview-{}", words.lang)).await?;
        client.find(Locator::Css("button[value=acceptable]")).await?.click().await?;
        client.wait().for_element(Locator::Css(".note.ok")).await?;
        let page = client.find(Locator::Id("main")).await?.text().await?;
        assert!(page.contains(words.done), "{page}");
        watched.look(client, &format!("clerk-result-{}", words.lang)).await?;
    }
    Ok(())
}
