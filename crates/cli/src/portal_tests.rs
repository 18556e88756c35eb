//! Tests of how an instance is named.

use std::path::Path;

use bridge::messages::{InstanceView, KindView};

use super::{absolute, pick};

fn instance(id: &str, name: &str, directory: &str) -> InstanceView {
    InstanceView::stopped(id, name, directory)
}

#[test]
fn an_instance_is_named_by_id_name_or_directory() {
    let instances = [
        instance("aaaa0001", "web", "/work/web"),
        instance("aaaa0002", "api", "/work/api"),
        instance("aaaa0003", "api", "/other/api"),
        instance("aaaa0004", "aaaa0001", "/work/odd"),
        InstanceView {
            kind: KindView::Ssh,
            ssh_host: Some("build".to_owned()),
            ..instance("aaaa0005", "far", "/work/far")
        },
    ];
    let check = |text: &str, cwd: &str, expected: Option<&str>| {
        let directory = absolute(&Path::new(cwd).join(text));
        let found = pick(&instances, text, directory.as_deref()).ok().map(|instance| instance.id.as_str());
        assert_eq!(found, expected, "`{text}` in {cwd}");
    };
    check("aaaa0001", "/", Some("aaaa0001"));
    check("web", "/", Some("aaaa0001"));
    check("/work/web/", "/", Some("aaaa0001"));
    check(".", "/other/api", Some("aaaa0003"));
    check("./api", "/work", Some("aaaa0002"));
    check("odd", "/work", Some("aaaa0004"));
    check("api", "/work", None);
    check("nothing", "/", None);
    check("/work/far", "/", None);
    check("build:/work/far", "/", Some("aaaa0005"));
    check("far", "/work", Some("aaaa0005"));
}
