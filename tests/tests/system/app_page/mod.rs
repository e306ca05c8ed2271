//! The page of a test: what it asks and is answered, and nothing else.

use std::path::Path;
use std::sync::Arc;

use renkei_app_core::{App, Ask, News, TakenOut, Trouble};
use renkei_tests::within;
use serde_json::Value;
use tokio::sync::mpsc::Receiver;

/// A page: it has no other way than this to reach anything.
pub(crate) struct Page {
    app: Arc<App>,
    pub(crate) news: Receiver<News>,
}

impl Page {
    pub(crate) fn open(dir: &Path) -> Self {
        let (app, news) = App::new(dir);
        Self { app, news }
    }

    pub(crate) async fn ask(&self, ask: Value) -> Result<Value, Trouble> {
        let ask: Ask = serde_json::from_value(ask).expect("a question of the set");
        self.app.ask(ask).await
    }

    pub(crate) async fn told(&self, ask: Value) -> Value {
        let shown = ask.clone();
        self.ask(ask).await.unwrap_or_else(|trouble| panic!("{shown}: {trouble:?}"))
    }

    pub(crate) async fn refused(&self, ask: Value) -> String {
        let shown = ask.clone();
        self.ask(ask).await.map_or_else(|trouble| trouble.code, |told| panic!("{shown}: {told}"))
    }

    /// Asks again after news until `ready` is content.
    pub(crate) async fn until(&mut self, ask: Value, ready: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let told = self.told(ask.clone()).await;
                if ready(&told) {
                    return told;
                }
                drop(tokio::time::timeout(std::time::Duration::from_millis(200), self.news.recv()).await);
            }
        };
        within(&ask.to_string(), waiting).await
    }

    /// Writes an archive to where a person said in a window of the system.
    pub(crate) async fn take_out(&self, takeout: &Value, path: &Path) -> Result<TakenOut, Trouble> {
        let takeout = takeout.as_str().expect("an identifier").parse().expect("an identifier");
        self.app.take_out(takeout, path).await
    }

    pub(crate) async fn over(&mut self) -> Option<Trouble> {
        let waiting = async {
            loop {
                if let News::Over { why } = self.news.recv().await.expect("an app") {
                    return why;
                }
            }
        };
        within("it is over", waiting).await
    }
}
