//! The one shape of what is looked at: a view, in one of the formats that it offers, on a screen.

use std::io::{self, Write};

use serde::Serialize;

use crate::base::word::Word;
use crate::inventory::source::Sources;

/// Where a view is written.
pub struct Screen<'o> {
    /// What takes the bytes.
    pub out: &'o mut dyn Write,
    /// How many columns it has, where it is a terminal.
    pub width: Option<usize>,
    /// Whether a person sees colours.
    pub colour: bool,
}

/// How a view is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// A table, for spreadsheets.
    Csv,
    /// For a comment.
    Markdown,
    /// One page, for a browser.
    Html,
    /// For calendar programs (RFC 5545).
    Ics,
    /// A picture.
    Svg,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// JUnit XML.
    Junit,
    /// Metrics, for Prometheus's textfile collector.
    Openmetrics,
}

impl Format {
    /// Whether it is sent or published, rather than looked at by whoever asks or read by their programs.
    pub fn is_published(self) -> bool {
        match self {
            Format::Human | Format::Json | Format::Csv | Format::Openmetrics => false,
            Format::Markdown
            | Format::Html
            | Format::Ics
            | Format::Svg
            | Format::Sarif
            | Format::Github
            | Format::Junit => true,
        }
    }
}

impl Word for Format {
    const ALL: &'static [Format] = &[
        Format::Human,
        Format::Json,
        Format::Csv,
        Format::Markdown,
        Format::Html,
        Format::Ics,
        Format::Svg,
        Format::Sarif,
        Format::Github,
        Format::Junit,
        Format::Openmetrics,
    ];
}

/// Writes a view.
pub type Draw<V> = fn(&V, &mut Screen<'_>) -> io::Result<()>;

/// A format of a view: what it is for, in English, and what writes it.
pub struct Offer<V>(pub Format, pub &'static str, pub Draw<V>);

/// What is looked at, with the texts that its findings point into.
pub struct Sourced<'a, T>(pub &'a T, pub &'a Sources);

/// What can be looked at.
pub trait View: Sized {
    /// The formats that it has, as help lists them.
    fn offers() -> Vec<Offer<Self>>;

    /// Writes it.
    ///
    /// # Errors
    /// When the screen cannot be written to, or the view has no such format.
    fn show(&self, format: Format, screen: &mut Screen<'_>) -> io::Result<()> {
        match Self::offers().into_iter().find(|offer| offer.0 == format) {
            Some(Offer(_, _, draw)) => draw(self, screen),
            None => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}
