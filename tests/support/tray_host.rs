//! A tray host of our own: what a desktop's panel is to the app, without a panel.
//!
//! It owns `org.kde.StatusNotifierWatcher` on the test's private bus, takes the app's item, and reads and clicks its menu over `com.canonical.dbusmenu`, as a panel does.
//! It must know nothing of what the entries mean.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, interface, message::Header, proxy};

/// Where an item lives: its bus name and object path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ItemAddress {
    bus_name: String,
    path: String,
}

/// The service that items register with.
struct Watcher {
    items: Arc<Mutex<Vec<ItemAddress>>>,
}

#[allow(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    reason = "the interface's macro wants these signatures"
)]
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // A path: the sender is the owner (libayatana). A name: the path is the standard's.
        let address = if service.starts_with('/') {
            ItemAddress { bus_name: sender, path: service.to_owned() }
        } else {
            ItemAddress { bus_name: service.to_owned(), path: "/StatusNotifierItem".to_owned() }
        };
        self.items.lock().expect("no thread panics while it holds the items").push(address);
    }

    fn register_status_notifier_host(&self, service: &str) {
        // We are the only host there is.
        let _: &str = service;
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().expect("no thread panics while it holds the items");
        items.iter().map(|item| format!("{}{}", item.bus_name, item.path)).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[proxy(interface = "org.kde.StatusNotifierItem", assume_defaults = false)]
trait Item {
    #[zbus(property)]
    fn menu(&self) -> zbus::Result<OwnedObjectPath>;
    #[zbus(property)]
    fn icon_name(&self) -> zbus::Result<String>;
}

/// One node of a menu as it travels: id, properties, children.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

#[proxy(interface = "com.canonical.dbusmenu", assume_defaults = false)]
trait Menu {
    fn get_layout(&self, parent: i32, depth: i32, properties: &[&str]) -> zbus::Result<(u32, Layout)>;
    fn about_to_show(&self, id: i32) -> zbus::Result<bool>;
    fn event(&self, id: i32, event: &str, data: &Value<'_>, timestamp: u32) -> zbus::Result<()>;
}

/// An entry of the app's tray menu.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The menu's own id, for a click.
    id: i32,
    /// Its text, without mnemonics.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// Its submenu.
    pub children: Vec<Entry>,
}

impl Entry {
    /// The entry reached by the labels' beginnings, one a level.
    pub fn find(&self, labels: &[&str]) -> Option<&Entry> {
        let Some((first, rest)) = labels.split_first() else {
            return Some(self);
        };
        self.children.iter().filter(|child| child.label.starts_with(first)).find_map(|child| child.find(rest))
    }

    /// The menu as indented text, for failure messages.
    pub fn outline(&self) -> String {
        fn add(entry: &Entry, depth: usize, text: &mut String) {
            for child in &entry.children {
                text.push_str(&"  ".repeat(depth));
                text.push_str(&child.label);
                if !child.enabled {
                    text.push_str(" (disabled)");
                }
                text.push('\n');
                add(child, depth + 1, text);
            }
        }
        let mut text = String::new();
        add(self, 0, &mut text);
        text
    }
}

/// The panel.
pub struct TrayHost {
    connection: Connection,
    items: Arc<Mutex<Vec<ItemAddress>>>,
}

impl TrayHost {
    /// Takes the watcher's name on the bus at `address`.
    pub async fn on_bus(address: &str) -> Result<TrayHost> {
        let items = Arc::new(Mutex::new(Vec::new()));
        let connection = zbus::connection::Builder::address(address)?
            .serve_at("/StatusNotifierWatcher", Watcher { items: Arc::clone(&items) })?
            .name("org.kde.StatusNotifierWatcher")?
            .build()
            .await
            .context("The tray host could not take its name")?;
        Ok(TrayHost { connection, items })
    }

    /// The newest item that registered.
    fn item(&self) -> Option<ItemAddress> {
        self.items.lock().expect("no thread panics while it holds the items").last().cloned()
    }

    /// The item's icon: a path without its ending, since our icons are files.
    pub async fn icon(&self) -> Result<String> {
        let item = self.item().context("No tray item has registered")?;
        let proxy = ItemProxy::builder(&self.connection)
            .destination(item.bus_name)?
            .path(item.path)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        Ok(proxy.icon_name().await?)
    }

    async fn menu_proxy(&self) -> Result<MenuProxy<'static>> {
        let item = self.item().context("No tray item has registered")?;
        let proxy =
            ItemProxy::builder(&self.connection).destination(item.bus_name.clone())?.path(item.path)?.build().await?;
        let path = proxy.menu().await?;
        Ok(MenuProxy::builder(&self.connection).destination(item.bus_name)?.path(path)?.build().await?)
    }

    /// The whole menu as it is now.
    pub async fn menu(&self) -> Result<Entry> {
        let proxy = self.menu_proxy().await?;
        // A panel says that it is about to show; GTK fills lazily built menus then.
        proxy.about_to_show(0).await.ok();
        let (_, layout) = proxy.get_layout(0, -1, &[]).await?;
        entry(layout)
    }

    /// Clicks the entry reached by the labels' beginnings.
    pub async fn click(&self, labels: &[&str]) -> Result<()> {
        loop {
            let menu = self.menu().await?;
            let Some(found) = menu.find(labels) else {
                bail!("The tray menu has no `{}`; it is:\n{}", labels.join(" › "), menu.outline());
            };
            if !found.enabled {
                bail!("`{}` is disabled; the menu is:\n{}", labels.join(" › "), menu.outline());
            }
            let clicked = self.menu_proxy().await?.event(found.id, "clicked", &Value::I32(0), 0).await;
            // A menu that was replaced meanwhile has other ids, and nothing was clicked.
            let is_replaced = clicked.is_err() && self.menu().await?.find(labels).is_some_and(|now| now.id != found.id);
            if !is_replaced {
                return Ok(clicked?);
            }
        }
    }
}

fn entry((id, properties, children): Layout) -> Result<Entry> {
    let text = |name: &str| properties.get(name).and_then(|value| String::try_from(value.clone()).ok());
    let flag = |name: &str| properties.get(name).and_then(|value| bool::try_from(value.clone()).ok());
    let mut entries = Vec::new();
    for child in children {
        let child = entry(Layout::try_from(child)?)?;
        if !child.label.is_empty() || !child.children.is_empty() {
            entries.push(child);
        }
    }
    Ok(Entry {
        id,
        label: text("label").unwrap_or_default().replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_"),
        enabled: flag("enabled").unwrap_or(true) && flag("visible").unwrap_or(true),
        children: entries,
    })
}
