//! What is wished for: whether it is there, what was there before it, and what has to go.

use std::collections::HashSet;

use jiff::civil::Date;

use super::super::select::Selection;
use super::super::wish::{Wish, day, digest};
use super::super::{Line, State};
use super::{Comparison, Found, Left};
use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::files::stores::siri::keys_of;
use crate::files::stores::{Content, Entry, Key, Unknown};
use crate::pipeline::manifest::Seal;
use crate::tr;

impl<'d> Comparison<'d, '_> {
    pub(super) fn wish<'m>(
        &mut self,
        wish: &Wish<'m>,
        left: &mut Vec<Left<'m>>,
    ) -> anyhow::Result<()> {
        let seal = wish.seal(self.desired.today);
        let found = seal.map(|seal| self.find(wish.code, &seal.id, &seal.sha256));
        let is_there = found.as_ref().is_some_and(|found| self.is_there(found));
        if let Some(seal) = seal {
            self.wanted.extend(digest(&seal.sha256));
        }
        if let Some(found) = &found {
            self.seen_rows.extend(&found.rows);
        }
        let before = self.before(wish);
        if let (Some(seal), Some(found)) = (seal, found) {
            let line = match is_there {
                true => Some(self.there(wish, seal, &found)?),
                false => self.not_there(wish, seal, &found, &before),
            };
            self.lines.extend(line);
        }
        self.after(wish, seal, is_there, before, left);
        Ok(())
    }

    /// What stands before the wish's seal, where it does; the day of the step that follows.
    fn before<'m>(&self, wish: &Wish<'m>) -> Vec<(&'m str, &'m str, Date, Found)> {
        let steps = wish.before().into_iter();
        let found = steps.map(|(id, sha256, day)| {
            let mut found = self.find(wish.code, id, sha256);
            let is_unknown = (self.desired.facts)(id, sha256).is_none();
            if is_unknown {
                // Its serial is not known: what else stands under the code is taken for it.
                let rows = self.actual.rows(wish.code).iter().copied();
                found.rows = rows.filter(|at| !self.seen_rows.contains(at)).collect();
            }
            (id, sha256, day, found)
        });
        found.collect()
    }

    /// The line of a seal that is there.
    fn there(&self, wish: &Wish<'_>, seal: &Seal, found: &Found) -> anyhow::Result<Line> {
        let mut line = self.line(wish, seal, found);
        let mut states = vec![State::Held];
        let expired = day_of_seal(seal).filter(|last| *last < self.desired.today);
        if let Some(last) = expired {
            states.push(State::Stale);
            line.notes.push(tr!("it expired on {day}", day = last));
        }
        if let Some(remove) = wish.remove {
            states.push(State::Due);
            line.notes.push(tr!("it is to be out from {day} on", day = day(&remove.date)));
        }
        if !wish.loads.is_empty() {
            let is_recorded = match digest(&seal.sha256) {
                Some(digest) => self.known()?.is_recorded(wish.ens, digest),
                None => false,
            };
            match is_recorded {
                true => line.notes.push(tr!(
                    "`main` records it as loaded; the environment's branch will when it is promoted"
                )),
                false => states.push(State::Unrecorded),
            }
        }
        states.extend(self.namesakes(wish, seal, &mut line.notes));
        states.extend(self.key(wish, seal, found, &mut line.notes));
        if found.is_misplaced {
            states.push(State::Misplaced);
            line.notes.push(tr!("the subject in the front's table is not this certificate's"));
        } else if found.is_untold {
            line.notes.push(tr!(
                "whether the subject in the front's table is this certificate's cannot be told from how it is written"
            ));
        }
        line.state = states.into_iter().min().unwrap_or(State::Held);
        Ok(line)
    }

    /// Ambiguity of names, and of rows under one code.
    fn namesakes(&self, wish: &Wish<'_>, seal: &Seal, notes: &mut Vec<Text>) -> Option<State> {
        let named = digest(&seal.sha256).and_then(|digest| self.actual.ambiguity(&digest));
        notes.extend(named.cloned());
        let rows = self.rows_apart(wish.code);
        if rows > 1 {
            notes.push(tr!(
                "the front's table has {count} seals under `{code}`",
                count = rows,
                code = wish.code
            ));
        }
        (named.is_some() || rows > 1).then_some(State::Ambiguous)
    }

    /// How many seals the rows under a code say.
    fn rows_apart(&self, code: &str) -> usize {
        let rows = self.actual.rows(code).iter();
        let said: HashSet<_> = rows
            .filter_map(|&at| match &self.actual.entry(at).content {
                Content::Row { serial, subject, .. } => Some((keys_of(serial), subject.trim())),
                Content::Certificate { .. } => None,
            })
            .collect();
        said.len()
    }

    /// What is wrong with a seal's private key, if something is.
    fn key(
        &self,
        wish: &Wish<'_>,
        seal: &Seal,
        found: &Found,
        notes: &mut Vec<Text>,
    ) -> Option<State> {
        let in_key_stores =
            found.certificates.iter().filter(|at| self.actual.kind(**at).has_keys());
        let best = in_key_stores.filter_map(|&at| key_of(self.actual.entry(at))).min();
        let mut state = None;
        match best {
            None | Some(Key::Held) => {}
            Some(Key::Unknown(why)) => notes.push(untold(why)),
            Some(Key::Other) => {
                notes.push(tr!("the private key beside it is another certificate's"));
                state = Some(State::NoKey);
            }
            Some(Key::Missing | Key::NotKept) => {
                notes.push(tr!("its private key is not there"));
                state = Some(State::NoKey);
            }
        }
        let worse = wish.key().and_then(|key| self.selected(key, seal, notes));
        state.into_iter().chain(worse).min()
    }

    /// What is wrong with what the record's `key` selects.
    fn selected(&self, key: &str, seal: &Seal, notes: &mut Vec<Text>) -> Option<State> {
        let (state, note) = match self.selector.select(key, &digest(&seal.sha256)?) {
            Selection::NotAsked | Selection::Fits => return None,
            Selection::None => {
                (State::NoKey, tr!("the record's key, `{key}`, selects none there", key = key))
            }
            Selection::Another => {
                (State::NoKey, tr!("the record's key, `{key}`, selects another seal's", key = key))
            }
            Selection::Several(count) => (
                State::Ambiguous,
                tr!("the record's key, `{key}`, selects {count}", key = key, count = count),
            ),
        };
        notes.push(note);
        Some(state)
    }

    /// The line of a seal that is not there, or not on every side; none where nothing can be said.
    fn not_there(
        &mut self,
        wish: &Wish<'_>,
        seal: &Seal,
        found: &Found,
        before: &[(&str, &str, Date, Found)],
    ) -> Option<Line> {
        let mut line = self.line(wish, seal, found);
        let is_pending = !wish.loads.is_empty() || wish.restore.is_some();
        let stands = before.iter().rev().find(|(.., found)| self.is_there(found));
        let first = wish.loads.first().filter(|_| before.is_empty()).map(|load| day(&load.date));
        let next = stands.map(|(.., day, _)| *day).or(first).filter(|_| is_pending);
        if let Some(day) = next.filter(|day| self.desired.today <= *day) {
            let old = stands.and_then(|(_, sha256, ..)| digest(sha256));
            let named = old.and_then(|old| self.actual.ambiguity(&old));
            line.state = if named.is_some() { State::Ambiguous } else { State::Due };
            line.notes.push(match wish.loads.is_empty() {
                true => tr!("it is to come back on {day}", day = day),
                false => tr!("it is to be loaded on {day}", day = day),
            });
            line.notes.extend(named.cloned());
            return Some(line);
        }
        if !self.actual.is_whole {
            self.unsaid.push(wish.ens.to_owned());
            return None;
        }
        line.state = State::Missing;
        line.notes.push(self.where_missing(found));
        if let Some(day) = next {
            line.notes.push(tr!("its day was {day}", day = day));
        } else if is_pending && !before.is_empty() {
            let replaced = before.iter().map(|(id, ..)| *id);
            line.notes.push(tr!("nor is what it replaces: {seals}", seals = names(replaced)));
        }
        Some(line)
    }

    fn where_missing(&self, found: &Found) -> Text {
        match (found.certificates.is_empty(), found.rows.is_empty()) {
            (false, true) if self.actual.has_tables => {
                tr!("it is not under its code in the front's table")
            }
            (true, false) if self.actual.has_certificates => {
                tr!("its certificate is in no store; only the front's table has it")
            }
            _ => tr!("it is not there"),
        }
    }

    /// What was before: spared while a step is still to be done, else it has to go.
    fn after<'m>(
        &mut self,
        wish: &Wish<'m>,
        seal: Option<&Seal>,
        is_there: bool,
        before: Vec<(&'m str, &'m str, Date, Found)>,
        left: &mut Vec<Left<'m>>,
    ) {
        let is_done = is_there || seal.is_none();
        for (id, sha256, until, found) in before {
            if seal.is_some_and(|seal| seal.sha256 == sha256) {
                continue;
            }
            self.seen_rows.extend(&found.rows);
            self.spared.extend(digest(sha256));
            let is_left = self.is_anywhere(&found);
            let is_withdrawn = wish.restore.is_some_and(|it| it.withdraws.sha256 == sha256);
            if is_withdrawn && is_done && wish.loads.is_empty() && !is_left {
                self.restored.push(format!(
                    "segell record restored --batch {} --env {} --ens {}",
                    wish.restore.map_or("", |it| &it.batch),
                    self.desired.manifest.environment.word(),
                    wish.ens
                ));
            }
            if is_done && is_left {
                let why = match (is_withdrawn, seal) {
                    (false, Some(seal)) => tr!("`{by}` takes its place", by = &seal.id),
                    _ => tr!("its load was withdrawn"),
                };
                // A load that is there took the place: from then on it has to go.
                let until = if is_withdrawn { until } else { Date::MIN };
                let (ens, code) = (wish.ens, wish.code);
                left.push(Left { ens, code, id, sha256, found, until, why, is_removal: false });
            }
        }
        self.removal(wish, left);
    }

    /// What is to be taken out for good, from its day on.
    fn removal<'m>(&mut self, wish: &Wish<'m>, left: &mut Vec<Left<'m>>) {
        let Some(remove) = wish.remove.filter(|it| day(&it.date) <= self.desired.today) else {
            return;
        };
        let (id, sha256) = (&*remove.certificate.id, &*remove.certificate.sha256);
        let found = self.find(wish.code, id, sha256);
        self.seen_rows.extend(&found.rows);
        self.spared.extend(digest(sha256));
        if self.is_anywhere(&found) {
            let until = day(&remove.date);
            let why = tr!("it is to be out from {day} on", day = until);
            let (ens, code) = (wish.ens, wish.code);
            left.push(Left { ens, code, id, sha256, found, until, why, is_removal: true });
        } else if self.actual.is_whole {
            self.taken_out.push(self.removed_command(wish.ens, id));
        }
    }

    pub(super) fn removed_command(&self, ens: &str, certificate: &str) -> String {
        let environment = self.desired.manifest.environment.word();
        let removes = self.desired.manifest.remove.iter();
        let is_compromised = removes
            .filter(|it| it.ens == ens)
            .any(|it| it.reason == crate::pipeline::manifest::RemovalReason::Compromised);
        let subject = match is_compromised {
            true => format!("--certificate {certificate}"),
            false => format!("--ens {ens}"),
        };
        format!("segell record removed {subject} --env {environment}")
    }
}

fn key_of(entry: &Entry) -> Option<Key> {
    match &entry.content {
        Content::Certificate { key, .. } => Some(*key),
        Content::Row { .. } => None,
    }
}

fn untold(why: Unknown) -> Text {
    match why {
        Unknown::NoPin => tr!("its private key was not asked for, without a PIN"),
        Unknown::NoPassword => tr!("its private key was not opened, without a password"),
        Unknown::OtherPassword => {
            tr!("its private key has a password of its own, and was not opened")
        }
        Unknown::NoPublicHalf => {
            tr!("whether the private key is its own cannot be told: its public half is not there")
        }
    }
}

/// The last day of a seal's validity.
fn day_of_seal(seal: &Seal) -> Option<Date> {
    seal.not_after.parse().ok().map(day_of)
}
