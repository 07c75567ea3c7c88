//! Pages for reading: plain, whole in themselves, and with nothing in them that runs or loads.

use domain::Timestamp;
use i18n::Language;

/// Quiet, and the same on paper.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#182228;--soft:#455057;--line:#dfdcd5;--paper:#fcfbf8;--seal:#efe9fc;--on-seal:#4c2979;--ours:#cfedf0}\
@media(prefers-color-scheme:dark){:root{--ink:#f2f0ec;--soft:#c1bdb7;--line:#2e3539;--paper:#171d20;--seal:#37294d;--on-seal:#e8dffc;--ours:#123d44}}\
body{margin:0 auto;max-width:46rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
h1{font-size:1.6rem;line-height:1.25}h2{margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line);font-size:1.2rem}h3{margin:1.25rem 0 .25rem;font-size:1rem}\
a{color:inherit}dl{display:grid;grid-template-columns:minmax(8rem,12rem) 1fr;gap:.25rem 1rem;margin:.5rem 0}dt,.when,.soft{color:var(--soft)}dd{margin:0}\
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}\
table{border-collapse:collapse;width:100%}td,th{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:start;vertical-align:top}\
blockquote{margin:.5rem 0;padding:.6rem .9rem;border-radius:.5rem;background:var(--seal);color:var(--on-seal);white-space:pre-line}\
ol.talk{padding:0;list-style:none}ol.talk li{margin:.75rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.6rem}ol.talk li.ours{background:var(--ours);border-color:transparent}ol.talk p{margin:.15rem 0;white-space:pre-wrap}\
.when{font-size:.85rem}nav{display:flex;gap:1rem;margin:1rem 0}ul{padding-inline-start:1.2rem}";

/// One page being written.
pub struct Page {
    pub language: Language,
    out: String,
}

/// Text as text, whatever stands in it.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

impl Page {
    #[must_use]
    pub fn new(language: Language, title: &str) -> Self {
        let title = escape(title);
        let tag = language.as_str();
        let out = format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n"
        );
        Self { language, out }
    }

    /// A sentence of ours.
    #[must_use]
    pub fn t(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        i18n::text(self.language, key, arguments)
    }

    /// A moment, for people; everything is told by one clock.
    #[must_use]
    pub fn when(&self, at: Timestamp) -> String {
        let form = match self.language {
            Language::De => "%d.%m.%Y, %H:%M UTC",
            Language::En => "%d %b %Y, %H:%M UTC",
        };
        let known = jiff::Timestamp::from_millisecond(at.0);
        known.map_or_else(|_| String::new(), |at| at.strftime(form).to_string())
    }

    pub fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub fn section(&mut self, key: &str) {
        let words = escape(&self.t(key, &[]));
        self.raw(&format!("<h2>{words}</h2>\n"));
    }

    pub fn heading(&mut self, words: &str) {
        let words = escape(words);
        self.raw(&format!("<h3>{words}</h3>\n"));
    }

    pub fn say(&mut self, words: &str) {
        let words = escape(words);
        self.raw(&format!("<p>{words}</p>\n"));
    }

    /// What somebody was shown, word for word.
    pub fn cite(&mut self, words: &str) {
        let words = escape(words);
        self.raw(&format!("<blockquote>{words}</blockquote>\n"));
    }

    pub fn facts(&mut self, facts: &[(String, String)]) {
        self.raw("<dl>\n");
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            let line = format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
            self.raw(&line);
        }
        self.raw("</dl>\n");
    }

    pub fn list(&mut self, lines: &[String]) {
        self.raw("<ul>\n");
        for line in lines {
            let line = escape(line);
            self.raw(&format!("<li>{line}</li>\n"));
        }
        self.raw("</ul>\n");
    }

    pub fn table(&mut self, heads: &[String], rows: &[Vec<String>]) {
        self.raw("<table><thead><tr>");
        for head in heads {
            let head = escape(head);
            self.raw(&format!("<th scope=\"col\">{head}</th>"));
        }
        self.raw("</tr></thead><tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for cell in row {
                let cell = escape(cell);
                self.raw(&format!("<td>{cell}</td>"));
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table>\n");
    }

    /// A way to another page of the copy; `to` is a name of ours.
    pub fn way(&mut self, to: &str, words: &str) {
        let (to, words) = (escape(to), escape(words));
        self.raw(&format!("<a href=\"{to}\">{words}</a>\n"));
    }

    #[must_use]
    pub fn end(mut self) -> String {
        self.raw("</main></body></html>\n");
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        let mut page = Page::new(Language::De, "<script>");
        page.say("</p><img src=x onerror='alert(1)'>");
        page.way("x\" onclick=\"y", "&");
        let page = page.end();
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{page}"
        );
        assert!(!page.contains("\" onclick"), "{page}");
    }
}
