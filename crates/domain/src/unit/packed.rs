//! Units as they are read from the packed form.

use super::{FIRST, Level, Unit, UnitId, Units};
use crate::unpack::{Item, Unpack};
use crate::{unpacked, words};

unpacked!(Unit {
    id: need,
    name: need,
    level: need,
    parent: need,
    valid_to: need,
    parts: or_default,
    aliases: or_default,
});

words!(Level { Province: "province", District: "district", Region: "region", Commune: "commune" });

impl Unpack for UnitId {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        String::unpack(item, is_sound).parse().unwrap_or_else(|_| {
            *is_sound = false;
            Self { code: String::new(), valid_from: FIRST }
        })
    }
}

impl Unpack for Units {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        Self::from(Vec::unpack(item, is_sound))
    }
}
