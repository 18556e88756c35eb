//! A port of a container and where it is published.

use std::net::IpAddr;

use bollard::models::{PortMap, PortSummary, PortSummaryTypeEnum};

/// A TCP port of a container that is published on the machine of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedPort {
    /// The port inside.
    pub inside: u16,
    /// The address outside that it is bound to.
    pub address: IpAddr,
    /// The port outside.
    pub outside: u16,
}

impl PublishedPort {
    pub(super) fn of_list(ports: Vec<PortSummary>) -> Vec<Self> {
        let mut published: Vec<Self> = ports
            .into_iter()
            .filter(|port| port.typ == Some(PortSummaryTypeEnum::TCP))
            .filter_map(|port| {
                let address = port.ip.filter(|text| !text.is_empty());
                let address = address.map_or(Ok(IpAddr::from([0, 0, 0, 0])), |text| text.parse()).ok()?;
                Some(Self { inside: port.private_port, address, outside: port.public_port? })
            })
            .collect();
        published.sort_unstable();
        published
    }

    pub(super) fn of_map(ports: PortMap) -> Vec<Self> {
        let mut published = Vec::new();
        for (port, bindings) in ports {
            let Some(inside) = port.strip_suffix("/tcp").and_then(|port| port.parse().ok()) else { continue };
            for binding in bindings.unwrap_or_default() {
                let address = binding.host_ip.filter(|text| !text.is_empty());
                let address = address.map_or(Ok(IpAddr::from([0, 0, 0, 0])), |text| text.parse());
                let outside = binding.host_port.and_then(|port| port.parse().ok());
                if let (Ok(address), Some(outside)) = (address, outside) {
                    published.push(Self { inside, address, outside });
                }
            }
        }
        published.sort_unstable();
        published
    }
}
