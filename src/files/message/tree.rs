//! A message as a tree: the one that is digested is the one that is read. Whatever a SOAP message may
//! not have (a DTD, processing instructions: SOAP 1.1, 3), or that is too much, is refused. What is said
//! of it holds nothing of the message but numbers.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::Event;

use super::lexical::{
    ATTRIBUTES, BLANKS, attribute_value, attributes, is_char, qualified, reference,
};
use crate::base::text::Text;
use crate::tr;

/// How deep elements may stand in each other.
const DEPTH: usize = 100;

/// How many elements and texts there may be.
const NODES: usize = 200_000;

/// The namespace of the prefix `xml`.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The namespace of the prefix `xmlns`.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// An element's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(usize);

/// A document, from its root.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    elements: Vec<Element<'t>>,
}

/// An element, with what stands in it.
#[derive(Debug)]
pub(super) struct Element<'t> {
    pub prefix: &'t str,
    pub local: &'t str,
    /// Empty without one.
    pub namespace: Rc<str>,
    /// The namespaces that its tag declares, by prefix.
    pub declared: Vec<(&'t str, Rc<str>)>,
    pub attributes: Vec<Attribute<'t>>,
    pub content: Vec<Content<'t>>,
    pub parent: Option<Id>,
}

/// An attribute that is no namespace declaration.
#[derive(Debug)]
pub(super) struct Attribute<'t> {
    pub prefix: &'t str,
    pub local: &'t str,
    /// Empty without a prefix.
    pub namespace: Rc<str>,
    pub value: String,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Content<'t> {
    Element(Id),
    /// Text with its references and CDATA sections read; two never stand beside each other.
    Text(Cow<'t, str>),
}

impl<'t> Tree<'t> {
    /// Reads a document, from behind its XML declaration.
    ///
    /// # Errors
    /// When it is not well-formed, has what SOAP forbids, or is too much.
    pub fn read(text: &'t str) -> Result<Tree<'t>, Text> {
        if let Some((place, _)) = text.char_indices().find(|(_, found)| !is_char(*found)) {
            return Err(at(text, place, tr!("a character that XML does not allow")));
        }
        if !text.trim_start_matches(BLANKS).starts_with('<') {
            return Err(at(text, 0, tr!("text stands outside the root element")));
        }
        Builder::new(text).read()
    }

    /// The element that all others stand in.
    pub fn root(&self) -> Id {
        Id(0)
    }

    /// The element at that place.
    pub fn at(&self, id: Id) -> &Element<'t> {
        &self.elements[id.0]
    }

    /// Every element.
    pub fn all(&self) -> impl Iterator<Item = (Id, &Element<'t>)> {
        self.elements.iter().enumerate().map(|(place, element)| (Id(place), element))
    }

    /// The elements that stand directly in this one.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + Clone {
        self.at(id).content.iter().filter_map(|content| match content {
            Content::Element(id) => Some(*id),
            Content::Text(_) => None,
        })
    }

    /// Whether the element has that name.
    pub fn is(&self, id: Id, namespace: &str, local: &str) -> bool {
        let element = self.at(id);
        element.local == local && *element.namespace == *namespace
    }

    /// The value of an attribute.
    pub fn attribute(&self, id: Id, namespace: &str, local: &str) -> Option<&str> {
        let mut attributes = self.at(id).attributes.iter();
        let found = attributes.find(|it| it.local == local && *it.namespace == *namespace);
        found.map(|attribute| attribute.value.as_str())
    }

    /// The text of an element without the blanks around it; none where elements stand in it.
    pub fn value(&self, id: Id) -> Option<&str> {
        match self.at(id).content.as_slice() {
            [] => Some(""),
            [Content::Text(text)] => Some(text.trim_matches(BLANKS)),
            _ => None,
        }
    }

    /// Whether nothing but elements and blanks stands in it.
    pub fn has_no_text(&self, id: Id) -> bool {
        self.at(id).content.iter().all(|content| match content {
            Content::Element(_) => true,
            Content::Text(text) => text.trim_matches(BLANKS).is_empty(),
        })
    }
}

/// A sentence with the line and the column of a place.
fn at(text: &str, place: usize, what: Text) -> Text {
    let before = &text.as_bytes()[..place.min(text.len())];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    tr!("line {line}, column {column}: {what}", line = line, column = column, what = what)
}

struct Builder<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    tree: Tree<'t>,
    /// The elements that are not yet closed.
    open: Vec<Id>,
    /// What each prefix means, the latest declaration last.
    scope: HashMap<&'t str, Vec<Rc<str>>>,
    none: Rc<str>,
    nodes: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Builder<'t> {
        let mut reader = Reader::from_reader(text.as_bytes());
        reader.config_mut().enable_all_checks(true);
        let scope = HashMap::from([("xml", vec![Rc::from(XML)])]);
        let (tree, none) = (Tree { elements: Vec::new() }, Rc::from(""));
        Builder { text, reader, tree, open: Vec::new(), scope, none, nodes: 0 }
    }

    fn read(mut self) -> Result<Tree<'t>, Text> {
        loop {
            let start = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(why) => {
                    let place = usize::try_from(self.reader.error_position()).unwrap_or(start);
                    return Err(at(self.text, place, broken(&why)));
                }
            };
            let end = self.position();
            let raw = &self.text[start..end];
            let taken = match event {
                Event::Eof => break,
                Event::Start(_) => self.start(&raw[1..raw.len() - 1]),
                Event::Empty(_) => self.start(&raw[1..raw.len() - 2]).map(|()| self.end()),
                Event::End(_) => {
                    self.end();
                    Ok(())
                }
                Event::Text(_) if raw.contains("]]>") => Err(tr!("`]]>` stands in a text")),
                Event::Text(_) => self.add(Cow::Borrowed(raw)),
                Event::CData(_) if self.open.is_empty() => {
                    Err(tr!("text stands outside the root element"))
                }
                Event::CData(_) => self.add(Cow::Borrowed(&raw[9..raw.len() - 3])),
                Event::GeneralRef(_) => self.reference(&raw[1..raw.len() - 1]),
                Event::Comment(_) => Ok(()),
                Event::DocType(_) => Err(tr!("it has a document type, which no SOAP message has")),
                Event::PI(_) | Event::Decl(_) => {
                    Err(tr!("it has a processing instruction, which no SOAP message has"))
                }
            };
            taken.map_err(|what| at(self.text, start, what))?;
        }
        match (self.open.is_empty(), self.tree.elements.is_empty()) {
            (true, false) => Ok(self.tree),
            _ => Err(at(self.text, self.text.len(), tr!("it ends before its root element does"))),
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len())
    }

    fn count(&mut self) -> Result<(), Text> {
        self.nodes += 1;
        match self.nodes > NODES {
            true => Err(tr!("there are more than {count} elements and texts", count = NODES)),
            false => Ok(()),
        }
    }

    /// A reference stands for text.
    fn reference(&mut self, name: &str) -> Result<(), Text> {
        let unknown = || match name.starts_with('#') {
            true => tr!("a reference to a character that XML does not allow"),
            false => tr!("a reference to an entity that is none of XML's own"),
        };
        let character = reference(name).ok_or_else(unknown)?;
        if self.open.is_empty() {
            return Err(tr!("text stands outside the root element"));
        }
        self.add(Cow::Owned(character.into()))
    }

    /// Text, joined with the text before it.
    fn add(&mut self, text: Cow<'t, str>) -> Result<(), Text> {
        let Some(&open) = self.open.last() else {
            return match text.trim_matches(BLANKS).is_empty() {
                true => Ok(()),
                false => Err(tr!("text stands outside the root element")),
            };
        };
        if text.is_empty() {
            return Ok(());
        }
        let content = &mut self.tree.elements[open.0].content;
        match content.last_mut() {
            Some(Content::Text(before)) => before.to_mut().push_str(&text),
            _ => {
                content.push(Content::Text(text));
                self.count()?;
            }
        }
        Ok(())
    }

    /// A tag, from behind its `<`.
    fn start(&mut self, tag: &'t str) -> Result<(), Text> {
        self.count()?;
        if self.open.len() == DEPTH {
            return Err(tr!("elements stand in each other more than {depth} deep", depth = DEPTH));
        }
        let parent = self.open.last().copied();
        if parent.is_none() && !self.tree.elements.is_empty() {
            return Err(tr!("it has a second root element"));
        }
        let (name, rest) = tag.split_at(tag.find(BLANKS).unwrap_or(tag.len()));
        let broken = || tr!("a tag is broken");
        let (prefix, local) = qualified(name).ok_or_else(broken)?;
        let all = attributes(rest).ok_or_else(broken)?;
        if all.len() > ATTRIBUTES {
            return Err(tr!("an element has more than {count} attributes", count = ATTRIBUTES));
        }
        let (declared, others) = self.declare(&all)?;
        let namespace = self.meaning(prefix)?;
        let attributes = self.attributes(others)?;
        let id = Id(self.tree.elements.len());
        let content = Vec::new();
        let element = Element { prefix, local, namespace, declared, attributes, content, parent };
        self.tree.elements.push(element);
        if let Some(parent) = parent {
            self.tree.elements[parent.0].content.push(Content::Element(id));
        }
        self.open.push(id);
        Ok(())
    }

    /// Takes the namespace declarations out of a tag's attributes (Namespaces in XML 1.0, 3 and 5).
    #[allow(clippy::type_complexity)]
    fn declare(
        &mut self,
        all: &[(&'t str, &'t str)],
    ) -> Result<(Vec<(&'t str, Rc<str>)>, Vec<(&'t str, &'t str, String)>), Text> {
        let (mut declared, mut others) = (Vec::new(), Vec::new());
        for (name, raw) in all {
            let broken = || tr!("an attribute is broken");
            let (prefix, local) = qualified(name).ok_or_else(broken)?;
            let value = attribute_value(raw).ok_or_else(broken)?;
            let declares = match (prefix, local) {
                ("", "xmlns") => Some(""),
                ("xmlns", prefix) => Some(prefix),
                _ => None,
            };
            let Some(prefix) = declares else {
                others.push((prefix, local, value));
                continue;
            };
            let is_reserved = (prefix == "xml") != (value == XML) || prefix == "xmlns";
            if is_reserved || value == XMLNS || value.is_empty() && !prefix.is_empty() {
                return Err(tr!("a namespace is declared that XML does not allow"));
            }
            if declared.iter().any(|(known, _)| *known == prefix) {
                return Err(tr!("an attribute stands twice in one element"));
            }
            let value: Rc<str> = Rc::from(value);
            self.scope.entry(prefix).or_default().push(Rc::clone(&value));
            declared.push((prefix, value));
        }
        Ok((declared, others))
    }

    /// The namespace that a prefix stands for here.
    fn meaning(&self, prefix: &str) -> Result<Rc<str>, Text> {
        match self.scope.get(prefix).and_then(|all| all.last()) {
            Some(namespace) => Ok(Rc::clone(namespace)),
            None if prefix.is_empty() => Ok(Rc::clone(&self.none)),
            None => Err(tr!("a prefix is declared nowhere")),
        }
    }

    fn attributes(&self, all: Vec<(&'t str, &'t str, String)>) -> Result<Vec<Attribute<'t>>, Text> {
        let mut found: Vec<Attribute<'t>> = Vec::with_capacity(all.len());
        for (prefix, local, value) in all {
            let namespace = match prefix {
                "" => Rc::clone(&self.none),
                prefix => self.meaning(prefix)?,
            };
            if found.iter().any(|known| known.local == local && known.namespace == namespace) {
                return Err(tr!("an attribute stands twice in one element"));
            }
            found.push(Attribute { prefix, local, namespace, value });
        }
        Ok(found)
    }

    /// The latest tag is closed: quick-xml sees that the names fit.
    fn end(&mut self) {
        let Some(id) = self.open.pop() else { return };
        for (prefix, _) in &self.tree.elements[id.0].declared {
            if let Some(all) = self.scope.get_mut(prefix) {
                all.pop();
            }
        }
    }
}

/// What is broken, in our words: the library's quote the message.
fn broken(why: &Error) -> Text {
    match why {
        Error::Syntax(_) => tr!("something that begins here does not end"),
        Error::IllFormed(
            IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_),
        ) => tr!("an end tag does not fit its start tag"),
        Error::IllFormed(IllFormedError::DoubleHyphenInComment) => {
            tr!("`--` stands in a comment")
        }
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            tr!("a reference does not end with `;`")
        }
        _ => tr!("it is no well-formed XML"),
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    fn says(text: &str) -> String {
        Tree::read(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn text_is_one_however_it_is_written() {
        let text = "<a>x<!-- y --> &#x41;<![CDATA[<&]]>&amp;</a>";
        let tree = Tree::read(text).unwrap();
        assert_eq!(tree.value(tree.root()), Some("x A<&&"));
    }

    #[test]
    fn what_is_not_well_formed_is_refused_with_its_place() {
        let cases = [
            ("<a>\n <b></a>", "line 2, column 5: an end tag does not fit"),
            ("<a", "does not end"),
            ("<a>", "line 1, column 4: it ends before its root element does"),
            ("", "outside the root"),
            ("<a/>x", "outside the root"),
            ("<a/><b/>", "a second root"),
            ("<a/>&#65;", "outside the root"),
            ("<a/><![CDATA[]]>", "outside the root"),
            ("</a>", "an end tag"),
            ("<a>&x;</a>", "none of XML's own"),
            ("<a>&#55357;&#56832;</a>", "a reference to a character"),
            ("<a>&x</a>", "does not end with `;`"),
            ("<a>]]></a>", "`]]>`"),
            ("<a><!-- -- --></a>", "`--`"),
            ("<a b='1' b='2'/>", "stands twice"),
            ("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "stands twice"),
            ("<a xmlns='u' xmlns='u'/>", "stands twice"),
            ("<p:a/>", "declared nowhere"),
            ("<a p:b=''/>", "declared nowhere"),
            ("<a xmlns:p=''/>", "XML does not allow"),
            ("<a xmlns:xml='u'/>", "XML does not allow"),
            ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "XML does not allow"),
            ("<a xmlns:xmlns='u'/>", "XML does not allow"),
            ("<a b='<'/>", "an attribute is broken"),
            ("<a b=1/>", "a tag is broken"),
            ("<a b='1'c='2'/>", "a tag is broken"),
            ("<1/>", "a tag is broken"),
            ("<a>\u{1}</a>", "does not allow"),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "a document type"),
            ("<a><?x y?></a>", "a processing instruction"),
            ("<a/><?xml version='1.0'?>", "a processing instruction"),
        ];
        for (text, words) in cases {
            let said = says(text);
            assert!(said.contains(words), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Tree::read(&deep(100)).is_ok());
        assert!(says(&deep(101)).contains("100 deep"));
        assert!(says(&"<a>".repeat(100_000)).contains("100 deep"));
        let wide = |count: usize| {
            let attributes: String = (0..count).map(|place| format!(" a{place}=''")).collect();
            format!("<a{attributes}/>")
        };
        assert!(Tree::read(&wide(64)).is_ok());
        assert!(says(&wide(65)).contains("more than 64 attributes"));
        assert!(says(&wide(1_000_000)).contains("more than 64 attributes"));
        let many = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
        assert!(Tree::read(&many(199_999)).is_ok());
        assert!(says(&many(200_000)).contains("more than 200000"));
    }
}
