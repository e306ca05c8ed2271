//! Tables that a spreadsheet opens, as bytes: UTF-8 with a byte order mark, without which Excel takes another encoding,
//! commas, CRLF, every field quoted.
//!
//! A spreadsheet runs a cell that looks like a formula. Names and labels are typed by other people, so a cell that begins
//! like one gets an apostrophe in front, and is text.

use renkei_proto::access::Table as Kind;
use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::client::Client;

/// That the writing of a table is on the record of access: only with it is one finished (A2.1, A8.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnRecord {
    table: Kind,
    rows: u32,
}

impl Client {
    /// Has the server put on record that a table of so many lines is about to be written. It answers when that is durable, or
    /// refuses; without a connection nothing is written.
    pub async fn record_table(&self, table: Kind, rows: usize) -> Result<OnRecord> {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        match self.inner.request(Op::WriteTable { table, rows }).await? {
            Answer::Done => Ok(OnRecord { table, rows }),
            _ => Err(Code::Malformed.into()),
        }
    }
}

/// A table under construction.
#[derive(Debug, Clone)]
pub struct Table(String);

impl Table {
    /// A table with these columns.
    pub fn new<'c>(header: impl IntoIterator<Item = &'c str>) -> Self {
        let mut table = Self("\u{feff}".to_owned());
        table.row(header);
        table
    }

    /// Adds a line.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        for (at, cell) in cells.into_iter().enumerate() {
            self.0.push_str(if at == 0 { "\"" } else { ",\"" });
            if formula(cell) {
                self.0.push('\'');
            }
            self.0.push_str(&cell.replace('"', "\"\""));
            self.0.push('"');
        }
        self.0.push_str("\r\n");
    }

    /// The whole of it, whose writing is on record.
    pub fn finish(self, _on_record: &OnRecord) -> Vec<u8> {
        self.0.into_bytes()
    }

    /// What has been added since this was last asked for; at first, the whole of it. So a file can grow with lines that are on
    /// record one by one, as tickets are.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.0).into_bytes()
    }
}

/// Whether a spreadsheet could take `cell` for a formula. Wide forms count: some programs fold them first.
fn formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        let record =
            |record: csv::Result<csv::StringRecord>| record.expect("a line").iter().map(str::to_owned).collect();
        reader.records().map(record).collect()
    }

    #[test]
    fn a08_1_what_is_written_is_what_is_read() {
        let mut table = Table::new(["氏名", "事業所"]);
        table.row(["見本, \"花子\"", "一行目\r\n二行目"]);
        let bytes = table.take();
        assert_eq!(read(&bytes), [["氏名", "事業所"], ["見本, \"花子\"", "一行目\r\n二行目"]]);
        assert!(bytes.ends_with(b"\r\n") && table.take().is_empty());
    }

    #[test]
    fn a08_1_no_cell_is_a_formula() {
        let hostile = [
            "=HYPERLINK(\"http://example.invalid\")",
            "+1",
            "-1",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠a",
        ];
        let mut table = Table::new(["a"]);
        for cell in hostile {
            table.row([cell]);
        }
        table.row(["見本 =1"]);
        let cells: Vec<String> = read(&table.take()).into_iter().skip(1).flatten().collect();
        let (last, escaped) = cells.split_last().expect("cells");
        assert_eq!(last, "見本 =1", "in the middle it is text");
        assert!(escaped.iter().zip(hostile).all(|(cell, was)| *cell == format!("'{was}")), "{escaped:?}");
    }
}
