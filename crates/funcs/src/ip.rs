//! Functions on IP networks.
//! Invariant: an address is never taken from beyond its network.

use value::{Type, Value};

use crate::args::{big, string, text, whole};
use crate::function::{FuncError, Function, Outcome, Param, Returns};
use crate::plain::cidr::{Address, Network};

const PREFIX: Param = Param::text("prefix");

fn network(args: &[Value]) -> Outcome<Network> {
    Network::parse(text(&args[0])).map_err(|what| FuncError::argument(0, what))
}

pub(crate) static CIDRHOST: Function =
    Function::to_text("cidrhost", &[PREFIX, Param::number("hostnum")], |args, _| {
        let host = network(args)?.host(&big(args, 1)?);
        string(host.map_err(FuncError::call)?.to_string())
    });

pub(crate) static CIDRNETMASK: Function = Function::to_text("cidrnetmask", &[PREFIX], |args, _| {
    let network = network(args)?;
    if !network.address.is_v4() {
        return Err(FuncError::call(format!("{network} is an IPv6 network, which has no mask")));
    }
    string(network.mask().to_string())
});

pub(crate) static CIDRSUBNET: Function = Function::to_text(
    "cidrsubnet",
    &[PREFIX, Param::number("newbits"), Param::number("netnum")],
    |args, _| {
        let subnet = network(args)?.subnet(whole(args, 1)?, &big(args, 2)?);
        string(subnet.map_err(FuncError::call)?.to_string())
    },
);

pub(crate) static CIDRSUBNETS: Function = Function::new(
    "cidrsubnets",
    &[PREFIX],
    Returns::Always(|| Type::list(Type::STRING)),
    |args, _| subnets(args),
)
.with_more(Param::number("newbits"));

/// One subnet after another, each as near to the one before as its own size allows.
fn subnets(args: &[Value]) -> Outcome {
    let network = network(args)?;
    let mut last: Option<Network> = None;
    let mut subnets = Vec::with_capacity(args.len() - 1);
    for index in 1..args.len() {
        let bits = u32::try_from(whole(args, index)?).ok().filter(|bits| (1..=32).contains(bits));
        let bits = bits.ok_or_else(|| {
            FuncError::argument(index, "it must extend the prefix by 1 to 32 bits")
        })?;
        let (prefix, family) = (network.prefix + bits, network.family());
        if prefix > family.width() {
            let message = format!("a prefix of {prefix} bits is too long for {family}");
            return Err(FuncError::argument(index, message));
        }
        let next = match last {
            None => Some(network.first(prefix)),
            Some(last) => last.next(prefix),
        };
        let next = next.filter(|next| network.contains(next.address)).ok_or_else(|| {
            let message = format!("no room is left in {network} for a prefix of {prefix} bits");
            FuncError::argument(index, message)
        })?;
        last = Some(next);
        subnets.push(Value::string(next.to_string()));
    }
    Ok(Value::list(Type::STRING, subnets))
}

pub(crate) static CIDRCONTAINS: Function = Function::to_bool(
    "cidrcontains",
    &[Param::text("containing_prefix"), Param::text("contained_ip_or_prefix")],
    |args, _| {
        let outer = network(args)?;
        let inner = text(&args[1]);
        let (address, is_inside) = match Address::parse(inner) {
            Some(address) => (address, outer.contains(address)),
            None => {
                let network = Network::parse(inner).map_err(|_| {
                    FuncError::argument(1, format!("{inner:?} is neither an address nor a network"))
                })?;
                (network.address, outer.contains_network(network))
            }
        };
        if address.is_v4() != outer.address.is_v4() {
            let message = format!("{outer} and {inner} are not both IPv4 or both IPv6");
            return Err(FuncError::call(message));
        }
        Ok(Value::bool(is_inside))
    },
)
.maybe_null();
