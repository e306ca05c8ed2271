//! The types of what goes between the page and the app, in the page's language. They are written from these types alone:
//! the test here fails where the page has others.

use ts_rs::{Config, TS};

use crate::app::{FoundLine, News};
use crate::ask::Ask;
use crate::decisions::{Decisions, InvitationView, OfferView};
use crate::door::{Entry, Factor, Second, ThisDevice};
use crate::duties::{Duty, DutyView};
use crate::home::{HomeRow, Last};
use crate::inside::Status;
use crate::link::LinkView;
use crate::people::Who;
use crate::secret::Secret;
use crate::tablet::{Place, Standing};
use crate::timeline::{FileView, Happening, SeenView, Timeline, TimelineLine, UnsentLine};
use crate::trouble::Trouble;

fn one<T: TS>(config: &Config, out: &mut String) {
    out.push_str("export ");
    out.push_str(&T::decl(config));
    out.push('\n');
}

/// All of them.
pub fn all() -> String {
    let config = Config::default();
    let mut out = String::from("// Written by `RENKEI_BLESS=1 cargo test -p renkei-app-core`. Not to be edited.\n\n");
    one::<Ask>(&config, &mut out);
    one::<Decisions>(&config, &mut out);
    one::<Duty>(&config, &mut out);
    one::<DutyView>(&config, &mut out);
    one::<Entry>(&config, &mut out);
    one::<Factor>(&config, &mut out);
    one::<FileView>(&config, &mut out);
    one::<FoundLine>(&config, &mut out);
    one::<Happening>(&config, &mut out);
    one::<HomeRow>(&config, &mut out);
    one::<InvitationView>(&config, &mut out);
    one::<Last>(&config, &mut out);
    one::<LinkView>(&config, &mut out);
    one::<News>(&config, &mut out);
    one::<OfferView>(&config, &mut out);
    one::<Place>(&config, &mut out);
    one::<Second>(&config, &mut out);
    one::<Secret>(&config, &mut out);
    one::<SeenView>(&config, &mut out);
    one::<Standing>(&config, &mut out);
    one::<Status>(&config, &mut out);
    one::<ThisDevice>(&config, &mut out);
    one::<Timeline>(&config, &mut out);
    one::<TimelineLine>(&config, &mut out);
    one::<Trouble>(&config, &mut out);
    one::<UnsentLine>(&config, &mut out);
    one::<Who>(&config, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../page/src/lib/types.ts");
        if std::env::var_os("RENKEI_BLESS").is_some() {
            std::fs::write(path, all()).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == all(), "other types than {path} has: RENKEI_BLESS=1 cargo test -p renkei-app-core");
    }
}
