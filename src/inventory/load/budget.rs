//! How much is read of one inventory. A commit of a few bytes can name one object for any number of
//! files, and each of them is read.

use std::sync::atomic::{AtomicU64, Ordering};

use super::File;
use crate::base::text::Text;
use crate::tr;

/// The most bytes that the files of an inventory have together: sixteen thousand scanned letters of
/// 1 MiB.
const MOST_BYTES: u64 = 16 << 30;

/// The most bytes that its YAML has together, which is kept. That of 100,000 ens has 100 MiB.
const MOST_TEXT: u64 = 256 << 20;

/// What has been read so far, by all threads.
pub(super) struct Budget {
    bytes: Counter,
    text: Counter,
}

struct Counter {
    spent: AtomicU64,
    most: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::of(MOST_BYTES, MOST_TEXT)
    }
}

impl Budget {
    fn of(bytes: u64, text: u64) -> Budget {
        let counter = |most| Counter { spent: AtomicU64::new(0), most };
        Budget { bytes: counter(bytes), text: counter(text) }
    }

    /// Counts a file, whether it was read now or is remembered.
    pub fn count(&self, file: &File) {
        let text = file.text.as_ref().map_or(0, |text| text.len());
        self.bytes.spent.fetch_add(file.bytes, Ordering::Relaxed);
        self.text.spent.fetch_add(text as u64, Ordering::Relaxed);
    }

    /// What there is too much of, once there is.
    pub fn excess(&self) -> Option<Text> {
        if self.text.is_exceeded() {
            return Some(tr!(
                "the YAML files of the inventory have more than {limit} MiB together; no inventory does",
                limit = self.text.most_in(1 << 20)
            ));
        }
        self.bytes.is_exceeded().then(|| {
            tr!(
                "the files of the inventory have more than {limit} GiB together; no inventory does",
                limit = self.bytes.most_in(1 << 30)
            )
        })
    }
}

impl Counter {
    fn most_in(&self, unit: u64) -> usize {
        usize::try_from(self.most / unit).unwrap_or(usize::MAX)
    }

    fn is_exceeded(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.most
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, File};

    fn file(bytes: u64, text: Option<&str>) -> File {
        File { bytes, text: text.map(Into::into), ..File::default() }
    }

    fn excess(files: &[File]) -> Option<String> {
        let budget = Budget::of(5 << 30, 4);
        files.iter().for_each(|file| budget.count(file));
        budget.excess().map(|excess| excess.to_string())
    }

    #[test]
    fn all_bytes_count_up_to_the_last_that_is_allowed() {
        let (most, told) = (5 << 30, "the files of the inventory have more than 5 GiB together");
        assert_eq!(excess(&[file(most - 1, None), file(1, None)]), None);
        let excess = excess(&[file(most - 1, None), file(2, None)]).unwrap();
        assert!(excess.starts_with(told), "{excess}");
    }

    #[test]
    fn of_yaml_less_is_allowed_for_it_is_kept() {
        let told = "the YAML files of the inventory have more than 0 MiB together";
        assert_eq!(excess(&[file(2, Some("ab")), file(2, Some("cd")), file(9, None)]), None);
        let excess = excess(&[file(2, Some("ab")), file(3, Some("cde"))]).unwrap();
        assert!(excess.starts_with(told), "{excess}");
    }
}
