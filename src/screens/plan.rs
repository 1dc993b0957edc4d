//! When a job runs, in words.
//!
//! **Invariant:** a plan is told in words only where the words say all of it; any other stands as it was declared.

use crate::i18n::{self, Lang};

/// A declared plan (second, minute, hour, day, month, weekday) in words; empty where these words do not cover it.
pub(super) fn in_words(lang: Lang, declared: &str) -> String {
    let parts: Vec<&str> = declared.split_whitespace().collect();
    let [second, minute, hour, day, month, "*"] = parts.as_slice() else { return String::new() };
    if number(second, 59).is_none() {
        return String::new();
    }
    let say = |key: &str, places: &[(&str, &str)]| i18n::text(lang, &format!("page.job.plan_words.{key}"), places);
    let time = || Some(format!("{:02}:{:02}", number(hour, 23)?, number(minute, 59)?));
    let told = match (*minute, *hour, *day, *month) {
        ("*", "*", "*", "*") => Some(say("minute", &[])),
        (_, "*", "*", "*") => match (minute.strip_prefix("*/"), number(minute, 59)) {
            (Some(every), _) => number(every, 59).map(|_| say("minutes", &[("count", every)])),
            (None, at) => at.map(|_| say("hour", &[("minute", minute)])),
        },
        (_, _, "*", "*") => time().map(|time| say("day", &[("time", &time)])),
        (_, _, _, "*") => number(day, 31).zip(time()).map(|(_, time)| say("month", &[("day", day), ("time", &time)])),
        _ => {
            let are_months = month.split(',').all(|one| number(one, 12).is_some_and(|one| one > 0));
            let at = number(day, 31).zip(time()).filter(|_| are_months);
            at.map(|(_, time)| say("year", &[("months", month), ("day", day), ("time", &time)]))
        }
    };
    told.unwrap_or_default()
}

fn number(text: &str, most: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number <= most)
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::i18n::Lang;

    #[test]
    fn a_plan_is_told_in_words_or_not_at_all() {
        for (declared, words) in [
            ("0 */10 * * * *", "每 10 分钟"),
            ("30 * * * * *", "每分钟"),
            ("0 15 * * * *", "每小时第 15 分"),
            ("0 40 22 * * *", "每天 22:40"),
            ("0 5 9 10 * *", "每月 10 日 09:05"),
            ("0 0 9 5 1,4,7,10 *", "每年 1,4,7,10 月 5 日 09:00"),
            ("0 0 9 * * 1", ""),
            ("0 0 9-17 * * *", ""),
            ("0 */90 * * * *", ""),
            ("0 0 9 L * *", ""),
            ("0 0 24 * * *", ""),
            ("*/5 * * * * *", ""),
            ("0 0 9 10 13 *", ""),
            ("0 9 * * *", ""),
        ] {
            assert_eq!(in_words(Lang::Zh, declared), words, "{declared}");
        }
        assert_eq!(in_words(Lang::En, "0 5 9 10 * *"), "09:05 on day 10 of each month");
    }
}
