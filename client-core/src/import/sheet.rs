//! From text to lines with columns.

use std::collections::BTreeMap;

use renkei_proto::bounds;

use super::text::fold;
use super::{Column, Finding, Wrong, excerpt};

/// Columns that are looked at: several times as many as are known, for those who export more than is wanted.
const COLUMNS: usize = 64;

/// One line with what stands in its columns.
pub(super) struct Record {
    /// As an editor counts.
    pub(super) line: u64,
    cells: BTreeMap<Column, String>,
}

impl Record {
    /// What stands there, without the white space around it; nothing where the column is missing.
    pub(super) fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", |cell| cell.trim())
    }
}

/// Counts lines on the way through a text: 1 at its beginning, whatever ends them.
struct Counter<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Counter<'_> {
    fn step(&mut self) {
        let [byte, next] = [self.text.get(self.at), self.text.get(self.at + 1)];
        if byte == Some(&b'\n') || (byte == Some(&b'\r') && next != Some(&b'\n')) {
            self.line += 1;
        }
        self.at += 1;
    }

    /// The line of the record that was found to start at `at`: blank lines before it belong to no record.
    fn record(&mut self, at: usize) -> u64 {
        while self.at < at.min(self.text.len()) {
            self.step();
        }
        while matches!(self.text.get(self.at), Some(b'\n' | b'\r')) {
            self.step();
        }
        self.line
    }
}

/// The lines below the first that are not blank, and what is wrong with the file as a whole.
pub(super) fn sheet(text: &str, known: &[(Column, &[&str])], needed: &[Column]) -> (Vec<Record>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut counter = Counter { text: text.as_bytes(), at: 0, line: 1 };
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut records: Vec<Record> = Vec::new();
    for read in reader.records() {
        // The text is UTF-8 and lines may differ in length: nothing else can be wrong with one.
        let Ok(fields) = read else { continue };
        let start = fields.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(0);
        let line = counter.record(start);
        if fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let Some(columns) = &columns else {
            columns = Some(header(&fields, line, known, needed, &mut findings));
            continue;
        };
        if records.len() == bounds::IMPORT_LINES {
            findings.push(Finding { line, column: None, what: Wrong::TooManyLines { most: bounds::IMPORT_LINES } });
            break;
        }
        if fields.iter().skip(columns.len()).any(|field| !field.trim().is_empty()) {
            findings.push(Finding { line, column: None, what: Wrong::TooManyFields });
        }
        let cells = columns.iter().zip(&fields).filter_map(|(column, cell)| Some(((*column)?, cell.to_owned())));
        records.push(Record { line, cells: cells.collect() });
    }
    if records.is_empty() {
        findings.push(Finding { line: 0, column: None, what: Wrong::Empty });
    }
    // Without its columns no line of the file can be read as it was meant.
    if findings.iter().any(|finding| matches!(finding.what, Wrong::ColumnMissing | Wrong::ColumnTwice)) {
        records.clear();
    }
    (records, findings)
}

fn header(
    fields: &csv::StringRecord,
    line: u64,
    known: &[(Column, &[&str])],
    needed: &[Column],
    findings: &mut Vec<Finding>,
) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(fields.len().min(COLUMNS));
    if fields.iter().skip(COLUMNS).any(|field| !field.trim().is_empty()) {
        findings.push(Finding { line, column: None, what: Wrong::TooManyFields });
    }
    for field in fields.iter().take(COLUMNS) {
        let folded = fold(field);
        let column = known.iter().find(|(_, names)| names.iter().any(|name| fold(name) == folded));
        let column = column.map(|(column, _)| *column);
        if column.is_some() && columns.contains(&column) {
            findings.push(Finding { line, column, what: Wrong::ColumnTwice });
        } else if column.is_none() && !folded.is_empty() {
            findings.push(Finding { line, column, what: Wrong::ColumnIgnored { found: excerpt(field) } });
        }
        columns.push(column);
    }
    let missing = needed.iter().filter(|column| !columns.contains(&Some(**column)));
    findings.extend(missing.map(|column| Finding { line, column: Some(*column), what: Wrong::ColumnMissing }));
    columns
}
