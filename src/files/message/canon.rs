//! Exclusive XML Canonicalization 1.0, without comments, of one element and what stands in it: the bytes
//! that a signature's digest is of (W3C Recommendation of 18 July 2002).

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::tree::{Attribute, Content, Element, Id, Tree};
use crate::base::text::Text;
use crate::tr;

/// How long a canonical form may be: each element may repeat a namespace that stands once.
const LONGEST: usize = 64_000_000;

/// How many prefixes a `PrefixList` may have.
const PREFIXES: usize = 64;

/// The prefixes that are treated as Canonical XML does (`InclusiveNamespaces`); the default namespace's
/// is the empty one.
#[derive(Debug, Default)]
pub(super) struct Inclusive<'t>(Vec<&'t str>);

impl<'t> Inclusive<'t> {
    /// Those of a `PrefixList`, which may be empty.
    ///
    /// # Errors
    /// When there are too many.
    pub fn read(list: &'t str) -> Result<Inclusive<'t>, Text> {
        let prefix = |word: &'t str| if word == "#default" { "" } else { word };
        let prefixes: Vec<&str> = list.split_ascii_whitespace().map(prefix).collect();
        match prefixes.len() > PREFIXES {
            true => Err(tr!("it names more than {count} prefixes", count = PREFIXES)),
            false => Ok(Inclusive(prefixes)),
        }
    }
}

/// The canonical form of the element.
///
/// # Errors
/// When it is too long.
pub(super) fn canonical(
    tree: &Tree<'_>,
    id: Id,
    inclusive: &Inclusive<'_>,
) -> Result<Vec<u8>, Text> {
    let mut writer = Writer {
        tree,
        inclusive,
        scope: HashMap::new(),
        rendered: HashMap::new(),
        out: Vec::new(),
    };
    writer.enter_ancestors(id);
    writer.element(id, true)?;
    Ok(writer.out)
}

struct Writer<'w, 't> {
    tree: &'w Tree<'t>,
    inclusive: &'w Inclusive<'w>,
    /// What each prefix means in the document, the latest declaration last.
    scope: HashMap<&'w str, Vec<&'w Rc<str>>>,
    /// What each prefix means in what is written, likewise.
    rendered: HashMap<&'w str, Vec<&'w str>>,
    out: Vec<u8>,
}

impl<'w> Writer<'w, '_> {
    /// Knows what is declared around an element.
    fn enter_ancestors(&mut self, id: Id) {
        let mut around = Vec::new();
        let mut above = self.tree.at(id).parent;
        while let Some(id) = above {
            around.push(id);
            above = self.tree.at(id).parent;
        }
        around.into_iter().rev().for_each(|id| self.declare(self.tree.at(id)));
    }

    fn declare(&mut self, element: &'w Element<'_>) {
        for (prefix, namespace) in &element.declared {
            self.scope.entry(prefix).or_default().push(namespace);
        }
    }

    fn element(&mut self, id: Id, is_apex: bool) -> Result<(), Text> {
        let element = self.tree.at(id);
        self.declare(element);
        let new = self.to_render(element, is_apex);
        self.out.push(b'<');
        self.name(element.prefix, element.local);
        for (prefix, namespace) in &new {
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.quoted(namespace);
        }
        self.attributes(element);
        self.out.push(b'>');
        new.iter().for_each(|(prefix, value)| self.rendered.entry(prefix).or_default().push(value));
        for content in &element.content {
            if self.out.len() > LONGEST {
                return Err(tr!("what is signed is too long when it is written out"));
            }
            match content {
                Content::Element(id) => self.element(*id, false)?,
                Content::Text(text) => escape(text, TEXT, &mut self.out),
            }
        }
        self.out.extend_from_slice(b"</");
        self.name(element.prefix, element.local);
        self.out.push(b'>');
        for prefix in new.keys() {
            self.rendered.entry(prefix).or_default().pop();
        }
        for (prefix, _) in &element.declared {
            self.scope.entry(prefix).or_default().pop();
        }
        Ok(())
    }

    /// The namespaces that the element's tag declares in the canonical form, by prefix: those that it
    /// or its attributes use, and those that are asked for, unless they stand so already.
    fn to_render(&self, element: &'w Element<'_>, is_apex: bool) -> BTreeMap<&'w str, &'w str> {
        let used = std::iter::once(element.prefix);
        let used =
            used.chain(element.attributes.iter().map(|it| it.prefix).filter(|it| !it.is_empty()));
        let asked = self.inclusive.0.iter().copied();
        let declares = |prefix: &&str| element.declared.iter().any(|(known, _)| known == prefix);
        let asked = asked.filter(|prefix| is_apex || declares(prefix));
        let mut new = BTreeMap::new();
        for prefix in used.chain(asked).filter(|prefix| *prefix != "xml") {
            let meant = self.scope.get(prefix).and_then(|all| all.last());
            let meant: &str = match meant {
                Some(namespace) => namespace,
                None if prefix.is_empty() => "",
                None => continue,
            };
            let stands = self.rendered.get(prefix).and_then(|all| all.last()).copied();
            if stands.unwrap_or_default() != meant {
                new.insert(prefix, meant);
            }
        }
        new
    }

    fn attributes(&mut self, element: &'w Element<'_>) {
        let mut sorted: Vec<&Attribute<'_>> = element.attributes.iter().collect();
        sorted.sort_unstable_by_key(|attribute| (&*attribute.namespace, attribute.local));
        for attribute in sorted {
            self.out.push(b' ');
            self.name(attribute.prefix, attribute.local);
            self.quoted(&attribute.value);
        }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    fn quoted(&mut self, value: &str) {
        self.out.extend_from_slice(b"=\"");
        escape(value, ATTRIBUTE, &mut self.out);
        self.out.push(b'"');
    }
}

/// What is written otherwise, byte by byte (Canonical XML 1.0, 2.3).
type Escapes = &'static [(u8, &'static str)];

const TEXT: Escapes = &[(b'&', "&amp;"), (b'<', "&lt;"), (b'>', "&gt;"), (b'\r', "&#xD;")];

const ATTRIBUTE: Escapes = &[
    (b'&', "&amp;"),
    (b'<', "&lt;"),
    (b'"', "&quot;"),
    (b'\t', "&#x9;"),
    (b'\n', "&#xA;"),
    (b'\r', "&#xD;"),
];

fn escape(text: &str, escapes: Escapes, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    let is_special = |byte: &u8| escapes.iter().any(|(special, _)| special == byte);
    while let Some(place) = rest.iter().position(is_special) {
        out.extend_from_slice(&rest[..place]);
        let found = escapes.iter().find(|(special, _)| *special == rest[place]);
        out.extend_from_slice(found.map_or("", |(_, escape)| escape).as_bytes());
        rest = &rest[place + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::{Inclusive, canonical};
    use crate::files::message::tree::{Id, Tree};

    /// The canonical form of the first element named `x`.
    fn of(text: &str, prefixes: &str) -> String {
        let tree = Tree::read(text).unwrap();
        let id: Id = tree.all().find(|(_, element)| element.local == "x").unwrap().0;
        let inclusive = Inclusive::read(prefixes).unwrap();
        String::from_utf8(canonical(&tree, id, &inclusive).unwrap()).unwrap()
    }

    #[test]
    fn only_what_is_used_is_declared() {
        let text = "<a xmlns='d' xmlns:p='p' xmlns:q='q'><p:x><b q:c='1'/></p:x></a>";
        let form = "<p:x xmlns:p=\"p\"><b xmlns=\"d\" xmlns:q=\"q\" q:c=\"1\"></b></p:x>";
        assert_eq!(of(text, ""), form);
    }

    #[test]
    fn what_is_asked_for_is_declared_where_it_begins() {
        let text = "<a xmlns='d' xmlns:p='p' xmlns:q='q'><p:x><p:b xmlns:q='r'/></p:x></a>";
        let form = "<p:x xmlns:p=\"p\" xmlns:q=\"q\"><p:b xmlns:q=\"r\"></p:b></p:x>";
        assert_eq!(of(text, "q nowhere"), form);
        let form = "<p:x xmlns=\"d\" xmlns:p=\"p\"><p:b></p:b></p:x>";
        assert_eq!(of(text, " #default\n"), form);
    }

    #[test]
    fn a_default_namespace_is_taken_back_only_where_one_stands() {
        let text = "<a xmlns='d'><x><b xmlns=''><c xmlns='d'/></b></x></a>";
        let form = "<x xmlns=\"d\"><b xmlns=\"\"><c xmlns=\"d\"></c></b></x>";
        assert_eq!(of(text, ""), form);
        assert_eq!(of("<a><x xmlns=''/></a>", "#default"), "<x></x>");
        let text = "<p:a xmlns:p='p' xmlns='d'><p:x><b xmlns=''/></p:x></p:a>";
        assert_eq!(of(text, ""), "<p:x xmlns:p=\"p\"><b></b></p:x>");
    }

    #[test]
    fn attributes_are_sorted_by_namespace_and_values_are_escaped() {
        let text = "<x xmlns:b='1' xmlns:a='2' a:a='' b:z='' c='\"&gt;&#9;&#xA;&#xD;\n' b='' xml:lang='ca'>&#xD;>\"</x>";
        let form = "<x xmlns:a=\"2\" xmlns:b=\"1\" b=\"\" c=\"&quot;>&#x9;&#xA;&#xD; \" b:z=\"\" a:a=\"\" xml:lang=\"ca\">&#xD;&gt;\"</x>";
        assert_eq!(of(text, ""), form);
    }

    #[test]
    fn a_form_that_grows_without_end_is_refused() {
        let namespace = "n".repeat(100_000);
        let many = "<p:b/>".repeat(1_000);
        let text = format!("<a xmlns:p='{namespace}'><x>{many}</x></a>");
        let tree = Tree::read(&text).unwrap();
        let id = tree.all().nth(1).unwrap().0;
        assert!(canonical(&tree, id, &Inclusive::default()).is_err());
        assert!(Inclusive::read(&"p ".repeat(65)).is_err());
    }
}
