//! What stands on each kind of sheet, as blocks of words for the template.

use renkei_proto::paper::{Letter, Name, Paper, Sheet, TextSheet, TicketSheet};
use renkei_proto::ticket::Purpose;
use renkei_proto::wording::TextKind;
use serde::Serialize;

use crate::{Error, era, qr};

/// Longest run of characters between which no line may break: half a line. Longer ones are broken anywhere.
const UNBROKEN: usize = 20;

/// Characters of a link in one line.
const LINK_LINE: usize = 64;

/// Everything on a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Of the document, for a reader's window and a screen reader.
    pub title: String,
    /// Who gives it out.
    pub author: String,
    /// Whether 見本 is across every page.
    pub sample: bool,
    /// At the head of every page, bold: why it is a sample.
    pub note: String,
    /// At the head of every page: which form.
    pub header: String,
    /// At the foot of every page: which version.
    pub footer: Vec<String>,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Block {
    /// The page's title.
    Title {
        /// Its words.
        text: String,
    },
    /// A heading below it.
    Heading {
        /// Its words.
        text: String,
    },
    /// Lines that belong together.
    Paragraph {
        /// In their order.
        lines: Vec<Row>,
    },
    /// Lines at the right: a date, a sender.
    Right {
        /// In their order.
        lines: Vec<String>,
    },
    /// To whom.
    Left {
        /// Its words.
        text: String,
    },
    /// What is filled in: known already, or a line to write on.
    Fields {
        /// In their order.
        rows: Vec<Field>,
    },
    /// In a frame.
    Warning {
        /// In their order.
        lines: Vec<String>,
    },
    /// Numbered.
    Steps {
        /// In their order.
        lines: Vec<String>,
    },
    /// A QR code.
    Code {
        /// The picture.
        svg: String,
        /// What it is, for who can't see it.
        alt: String,
    },
    /// In letters of one width.
    Fixed {
        /// In their order.
        lines: Vec<String>,
    },
    /// Parts in English.
    English {
        /// In their order.
        parts: Vec<Block>,
    },
    /// A new page.
    Page,
}

/// A line of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    indent: usize,
    text: String,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    label: &'static str,
    value: String,
    tall: bool,
}

/// To be written by hand.
const BLANK_DATE: &str = "令和　　　　年　　　　月　　　　日（西暦　　　　　　年）";

fn blank(label: &'static str) -> Field {
    Field { label, value: String::new(), tall: false }
}

fn signed(label: &'static str) -> Field {
    Field { label, value: String::new(), tall: true }
}

fn dated(label: &'static str) -> Field {
    Field { label, value: BLANK_DATE.to_owned(), tall: false }
}

fn known(label: &'static str, value: Option<&Name>) -> Field {
    Field { label, value: value.map(|name| breakable(name.as_str())).unwrap_or_default(), tall: false }
}

fn told(label: &'static str, value: impl Into<String>) -> Field {
    Field { label, value: value.into(), tall: false }
}

/// What is on `paper`.
pub fn page(paper: &Paper) -> Result<Page, Error> {
    let author = paper.association.as_ref().map(ToString::to_string).unwrap_or_default();
    let printed = format!("印刷日 {}", era::date(paper.printed));
    match &paper.sheet {
        Sheet::Text(sheet) => text(sheet, author, printed),
        Sheet::Ticket(sheet) => ticket(sheet, author, printed),
        Sheet::Letter(sheet) => Ok(letter(sheet, author, paper, printed)),
    }
}

fn name_of(kind: TextKind) -> (&'static str, &'static str) {
    match kind {
        TextKind::Notice => ("留意事項", "利用上の留意事項"),
        TextKind::Form1 => ("様式1", "連携守秘誓約書"),
        TextKind::Form2 => ("様式2", "従事者誓約書"),
        TextKind::Form3 => ("様式3", "患者同意書"),
        TextKind::ReviewPoints => ("定期確認", "定期確認の確認事項"),
        TextKind::TrainingMaterial => ("研修", "研修資料"),
    }
}

fn text(sheet: &TextSheet, author: String, printed: String) -> Result<Page, Error> {
    if !sheet.holds() {
        return Err(Error::NotAuthentic);
    }
    let (short, long) = name_of(sheet.text);
    let sample = sheet.is_sample();
    let note = match sheet.published {
        None => "見本　医師会が公示した文書ではありません / SAMPLE, not published by an association",
        Some(_) if sample => "見本　見本のまま公示された文書です / SAMPLE wording",
        Some(_) => "",
    };
    let mut footer = Vec::new();
    if let Some(published) = sheet.published {
        let on = era::date(published.on);
        footer.push(format!("{}　{long} 第{}版　{on}公示", breakable(&author), published.version));
        footer.push(format!("文書のハッシュ (SHA-256) {}", published.hash));
    } else {
        footer.push(format!("{long}　公示されていない文書"));
        footer.push(format!("文書のハッシュ (SHA-256) {}", sheet.wording.hash()));
    }
    footer.push(printed);

    let mut blocks = Vec::new();
    let mut words = prose(sheet.wording.japanese.as_str());
    // Where the text has no heading of its own, the form's name is one.
    if !matches!(words.first(), Some(Block::Title { .. })) {
        words.insert(0, Block::Title { text: long.to_owned() });
    }
    let mut words = words.into_iter();
    blocks.extend(words.next());
    blocks.extend(to(sheet, &author).map(|text| Block::Left { text: breakable(&text) }));
    blocks.extend(words);
    blocks.extend(fields(sheet).map(|rows| Block::Fields { rows }));
    if sheet.text == TextKind::Form3 {
        blocks.push(Block::Right {
            lines: vec!["□ 患者・家族控え　　□ 連携元事業所控え".to_owned()]
        });
    }
    if sheet.english {
        blocks.push(Block::Page);
        let mut parts = prose(sheet.wording.english.as_str());
        let about = "For reference: the Japanese text binds. / 参考訳。日本語が正本です。";
        parts.insert(usize::from(matches!(parts.first(), Some(Block::Title { .. }))), right(about));
        blocks.push(Block::English { parts });
    }
    let header = if author.is_empty() { short.to_owned() } else { format!("{short}　{}", breakable(&author)) };
    Ok(Page { title: long.to_owned(), author, sample, note: note.to_owned(), header, footer, blocks })
}

fn right(line: &str) -> Block {
    Block::Right { lines: vec![line.to_owned()] }
}

/// To whom a signed text is given.
fn to(sheet: &TextSheet, association: &str) -> Option<String> {
    let facility = sheet.facility.as_ref().map_or("　　　　　　　　　　　　", Name::as_str);
    match sheet.text {
        TextKind::Form1 if association.is_empty() => Some("　　　　　　　　医師会　御中".to_owned()),
        TextKind::Form1 => Some(format!("{association}　御中")),
        TextKind::Form2 => Some(format!("{facility}　事業所管理者　様")),
        TextKind::Form3 => Some(format!("{facility}　御中")),
        TextKind::Notice | TextKind::ReviewPoints | TextKind::TrainingMaterial => None,
    }
}

fn fields(sheet: &TextSheet) -> Option<Vec<Field>> {
    let (facility, person) = (sheet.facility.as_ref(), sheet.person.as_ref());
    match sheet.text {
        TextKind::Form1 => Some(vec![
            dated("誓約日"),
            known("事業所名", facility),
            blank("所在地"),
            known("事業所管理者の職・氏名", person),
            signed("署名（または記名押印）"),
        ]),
        TextKind::Form2 => {
            Some(vec![dated("誓約日"), known("氏名", person), blank("職種"), signed("署名（または記名押印）")])
        }
        TextKind::Form3 => Some(vec![
            dated("同意日"),
            blank("患者の氏名"),
            blank("患者の生年月日"),
            signed("患者の署名"),
            blank("家族等の氏名"),
            blank("患者との続柄"),
            signed("家族等の署名"),
            known("連携元事業所", facility),
            known("説明した人の職・氏名", person),
            dated("控えを渡した日"),
        ]),
        TextKind::Notice | TextKind::ReviewPoints | TextKind::TrainingMaterial => None,
    }
}

fn ticket(sheet: &TicketSheet, author: String, printed: String) -> Result<Page, Error> {
    let link = sheet.ticket.link();
    let svg = qr::svg(&link).ok_or(Error::TooLarge)?;
    let (purpose, approver) = match sheet.ticket.purpose {
        Purpose::Device(_) => ("端末の登録", "SNS管理者"),
        Purpose::Facility(_) => ("事業所の利用申請と、最初の端末の登録", "療養相談室"),
        Purpose::Operator(_) => ("療養相談室の担当者の端末の登録", "医師会"),
    };
    let step = match sheet.ticket.purpose {
        Purpose::Facility(_) => {
            "申請する端末で「renkei facility apply」に続けてこのリンク（renkei:enrol/…）を入力するか、QRコードを読み取ります。"
        }
        Purpose::Device(_) | Purpose::Operator(_) => {
            "登録する端末で「renkei enrol」に続けてこのリンク（renkei:enrol/…）を入力するか、QRコードを読み取ります。"
        }
    };
    let rows = vec![
        known("事業所", sheet.facility.as_ref()),
        known("氏名", sheet.person.as_ref()),
        told("用途", purpose),
        told("有効期限", format!("{} まで", era::moment(sheet.ticket.expires))),
        told("サーバー", breakable(sheet.ticket.server.as_str())),
    ];
    let blocks = vec![
        Block::Title { text: "登録票".to_owned() },
        Block::Warning {
            lines: vec![
                "秘密：この用紙を持つ人は、本人に代わって端末を登録しようとすることができます。".to_owned(),
                "本人だけに手渡してください。写真に撮らず、メールやFAXで送らないでください。使い終わったら裁断してください。".to_owned(),
                "SECRET. For this person only: no photograph, no e-mail, no fax. Shred it after use.".to_owned(),
            ],
        },
        Block::Fields { rows },
        Block::Code { svg, alt: "登録票のリンクのQRコード".to_owned() },
        Block::Steps {
            lines: vec![
                step.to_owned(),
                format!("端末に表示された照合用の言葉を、電話などで{approver}に読み上げ、一致することを確かめます。一致しないときは登録を中止してください。"),
                format!("{approver}が承認すると、サインインできます。"),
            ],
        },
        Block::Fixed { lines: cut(&link) },
    ];
    let root = format!("医師会のルート鍵の指紋 {}", sheet.ticket.root);
    Ok(Page {
        title: "登録票".to_owned(),
        author,
        sample: false,
        note: "秘密 / SECRET".to_owned(),
        header: "登録票".to_owned(),
        footer: vec![root, printed],
        blocks,
    })
}

fn letter(sheet: &Letter, author: String, paper: &Paper, printed: String) -> Page {
    let mut lines = vec![era::date(paper.printed)];
    lines.extend(sheet.facility.as_ref().map(|name| breakable(name.as_str())));
    let mut blocks = vec![Block::Title { text: breakable(sheet.heading.as_str()) }, Block::Right { lines }];
    blocks.extend(prose(sheet.body.as_str()));
    let footer = vec![breakable(&author), printed];
    let (title, header) = (sheet.heading.to_string(), breakable(sheet.heading.as_str()));
    Page { title, author, sample: false, note: String::new(), header, footer, blocks }
}

/// A link in lines, with nothing in between that is not the link's.
fn cut(link: &str) -> Vec<String> {
    let all: Vec<char> = link.chars().collect();
    all.chunks(LINK_LINE).map(|line| line.iter().collect()).collect()
}

/// A text of headings and paragraphs. A heading in its first line is the title.
fn prose(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines: Vec<Row> = Vec::new();
    let close = |lines: &mut Vec<Row>, blocks: &mut Vec<Block>| {
        if !lines.is_empty() {
            blocks.push(Block::Paragraph { lines: std::mem::take(lines) });
        }
    };
    for line in text.lines() {
        let heading = line.strip_prefix("# ").map(str::trim);
        if let Some(heading) = heading.filter(|heading| !heading.is_empty()) {
            close(&mut lines, &mut blocks);
            let text = breakable(heading);
            blocks.push(if blocks.is_empty() { Block::Title { text } } else { Block::Heading { text } });
        } else if heading.is_some() || line.trim().is_empty() {
            close(&mut lines, &mut blocks);
        } else {
            let indent = line.chars().take_while(|&c| c == ' ').count();
            // A line that only moves to the right would leave no room for its words.
            lines.push(Row { indent: indent.min(24), text: breakable(line.trim_start_matches(' ')) });
        }
    }
    close(&mut lines, &mut blocks);
    blocks
}

/// `text` with places to break in every run that has none for long, so that nothing runs off the page.
fn breakable(text: &str) -> String {
    let mut broken = String::with_capacity(text.len());
    let mut run = String::new();
    let mut length = 0;
    for c in text.chars() {
        if breaks(c) {
            close(&mut run, &mut length, &mut broken);
            broken.push(c);
        } else {
            run.push(c);
            length += 1;
        }
    }
    close(&mut run, &mut length, &mut broken);
    broken
}

/// Ends a run: words of ordinary length stay whole.
fn close(run: &mut String, length: &mut usize, broken: &mut String) {
    if *length <= 2 * UNBROKEN {
        broken.push_str(run);
    } else {
        for (at, c) in run.chars().enumerate() {
            if at > 0 && at % UNBROKEN == 0 {
                broken.push('\u{200b}');
            }
            broken.push(c);
        }
    }
    run.clear();
    *length = 0;
}

/// Whether lines break beside it: white space, and letters of Japanese but those that stay with the one before.
fn breaks(c: char) -> bool {
    let stays = matches!(
        c,
        'ー' | '々'
            | '〻'
            | 'ゝ'
            | 'ゞ'
            | 'ヽ'
            | 'ヾ'
            | 'ぁ'
            | 'ぃ'
            | 'ぅ'
            | 'ぇ'
            | 'ぉ'
            | 'っ'
            | 'ゃ'
            | 'ゅ'
            | 'ょ'
            | 'ゎ'
            | 'ァ'
            | 'ィ'
            | 'ゥ'
            | 'ェ'
            | 'ォ'
            | 'ッ'
            | 'ャ'
            | 'ュ'
            | 'ョ'
            | 'ヮ'
            | 'ヵ'
            | 'ヶ'
            | '\u{31f0}'..='\u{31ff}'
    );
    c == ' ' || c == '\u{3000}' || (('\u{2e80}'..'\u{ff00}').contains(&c) && c.is_alphabetic() && !stays)
}
