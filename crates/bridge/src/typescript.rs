//! The TypeScript of the wire: what `ui/src/wire/` must contain.
//!
//! Text only, made in memory; the example `wire` writes it and the test `typescript_is_up_to_date` compares it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::marker::PhantomData;

use ts_rs::{Config, TS, TypeVisitor};

use crate::messages::{Failure, Push};
use crate::operations::{self, Kind};

const HEAD: &str = "// Written by `cargo run -p bridge --example wire` from crates/bridge/src. Do not edit.\n";

/// The files of `ui/src/wire/`, name and text.
pub fn files() -> Vec<(&'static str, String)> {
    let mut writer = Writer::new();
    operations::describe(&mut writer);
    writer.message::<Push>();
    writer.message::<Failure>();
    vec![("messages.ts", writer.messages_file()), ("operations.ts", writer.operations_file())]
}

/// Marks a reply that is bytes: a `T` as one line of JSON, a newline, and a body.
pub(crate) struct Framed<T>(PhantomData<T>);

/// How a reply is written in TypeScript.
pub(crate) trait Reply {
    /// Its type's name in TypeScript.
    fn reply_name(config: &Config) -> String;
    /// Adds the message types that it needs.
    fn declare(writer: &mut Writer);
    /// Whether the name must be imported.
    const IS_MESSAGE: bool;
}

impl<T: TS + 'static> Reply for T {
    fn reply_name(config: &Config) -> String {
        T::name(config)
    }

    fn declare(writer: &mut Writer) {
        writer.message::<T>();
    }

    const IS_MESSAGE: bool = true;
}

impl<T: TS + 'static> Reply for Framed<T> {
    fn reply_name(_: &Config) -> String {
        "Uint8Array".to_owned()
    }

    fn declare(writer: &mut Writer) {
        writer.message::<T>();
    }

    const IS_MESSAGE: bool = false;
}

/// Collects messages and operations.
pub(crate) struct Writer {
    config: Config,
    messages: BTreeMap<String, String>,
    imports: BTreeSet<String>,
    interface: String,
    kinds: String,
}

impl Writer {
    fn new() -> Self {
        Self {
            config: Config::new(),
            messages: BTreeMap::new(),
            imports: BTreeSet::new(),
            interface: String::new(),
            kinds: String::new(),
        }
    }

    pub(crate) fn operation<Q: TS + 'static, R: Reply>(&mut self, name: &str, kind: Kind, docs: &[&str]) {
        self.message::<Q>();
        R::declare(self);
        let request = Q::name(&self.config);
        let reply = R::reply_name(&self.config);
        self.imports.insert(request.clone());
        if R::IS_MESSAGE {
            self.imports.insert(reply.clone());
        }
        let kind = kind.as_str();
        let docs = docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            self.interface,
            "  /** {docs} */\n  {name}: {{ kind: \"{kind}\"; request: {request}; reply: {reply} }};"
        );
        let _ = writeln!(self.kinds, "  {name}: \"{kind}\",");
    }

    fn message<T: TS + 'static + ?Sized>(&mut self) {
        // Only our own types are written to files; numbers, texts and lists are TypeScript's.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.messages.contains_key(&name) {
            return;
        }
        let declaration = format!("{}export {}\n", T::docs().unwrap_or_default(), T::decl(&self.config));
        self.messages.insert(name, declaration);
        T::visit_dependencies(self);
    }

    fn messages_file(&self) -> String {
        let mut text = HEAD.to_owned();
        for declaration in self.messages.values() {
            text.push('\n');
            text.push_str(declaration);
        }
        text
    }

    fn operations_file(&self) -> String {
        let imports = self.imports.iter().flat_map(|name| ["  ", name, ",\n"]).collect::<String>();
        format!(
            "{HEAD}\nimport type {{\n{imports}}} from \"./messages\";\n\n\
             /** Every operation: what it may do, what it takes and what it gives. */\n\
             export interface Operations {{\n{}}}\n\n\
             /** The name of an operation. */\n\
             export type OperationName = keyof Operations;\n\n\
             /** What a call may do: mutations, and forwards that are not `GET`, carry a request id. */\n\
             export const OPERATIONS = {{\n{}}} as const satisfies {{ [N in OperationName]: Operations[N][\"kind\"] }};\n",
            self.interface, self.kinds
        )
    }
}

impl TypeVisitor for Writer {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.message::<T>();
    }
}
