//! Every op in the log has a person's act behind it: devices, rewrites, focus, blur, redraws and pulls in any order.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::field::{Fault, Field, Next, Notation};
use chitieu_domain::number::Style;
use chitieu_domain::plan::Measure;
use chitieu_sync::OpBody;
use chitieu_sync::memory::Memory;
use chitieu_sync::replica::{CellKey, Seen};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::LazyLock;
use support::{Device, Office, key};

const NOTATION: Notation =
    Notation { measure: Measure::CountCase, style: Style::Vietnamese, most: 1_000_000_000 };

/// Stands among the values for an emptied field.
const EMPTIED: i64 = -1;

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

/// What happens; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Enter {
        desk: usize,
        cell: usize,
    },
    /// The input holds another text: a new number, or something that does not read.
    Type {
        desk: usize,
        cell: usize,
        reads: bool,
    },
    Empty {
        desk: usize,
        cell: usize,
    },
    Commit {
        desk: usize,
        cell: usize,
    },
    Leave {
        desk: usize,
        cell: usize,
    },
    Away {
        desk: usize,
        cell: usize,
    },
    GiveUp {
        desk: usize,
        cell: usize,
    },
    Redraw {
        desk: usize,
        cell: usize,
    },
    Stored {
        desk: usize,
    },
    Choose {
        desk: usize,
        cell: usize,
        place: usize,
    },
    Sync {
        desk: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let at = || (0..2_usize, 0..2_usize);
    let step = prop_oneof![
        3 => at().prop_map(|(desk, cell)| Step::Enter { desk, cell }),
        6 => (at(), prop::bool::weighted(0.8)).prop_map(|((desk, cell), reads)| Step::Type { desk, cell, reads }),
        1 => at().prop_map(|(desk, cell)| Step::Empty { desk, cell }),
        4 => at().prop_map(|(desk, cell)| Step::Commit { desk, cell }),
        5 => at().prop_map(|(desk, cell)| Step::Leave { desk, cell }),
        2 => at().prop_map(|(desk, cell)| Step::Away { desk, cell }),
        1 => at().prop_map(|(desk, cell)| Step::GiveUp { desk, cell }),
        2 => at().prop_map(|(desk, cell)| Step::Redraw { desk, cell }),
        6 => (0..2_usize).prop_map(|desk| Step::Stored { desk }),
        2 => (at(), 0..3_usize).prop_map(|((desk, cell), place)| Step::Choose { desk, cell, place }),
        8 => (0..2_usize).prop_map(|desk| Step::Sync { desk }),
    ];
    prop::collection::vec(step, 1..80)
}

/// What is on its way to the device's database.
enum Way {
    Keep(i64, Seen),
    Clear(Seen),
}

/// A device with a person at it.
struct Desk {
    device: Device,
    fields: Vec<Field<()>>,
    /// What a plain text field would hold since the person began to type.
    plain: Vec<Option<String>>,
    /// They have made a figure of it.
    acted: Vec<bool>,
    way: Vec<(usize, Way)>,
}

impl Desk {
    fn view(&self, cell: usize) -> chitieu_sync::replica::CellView {
        self.device.replica.cell(&CELLS()[cell])
    }

    fn carry_out(&mut self, cell: usize, next: Next) {
        match next {
            Next::Nothing => {}
            Next::Keep(value) => self.way.push((cell, Way::Keep(value, self.fields[cell].seen().clone()))),
            Next::Clear => self.way.push((cell, Way::Clear(self.fields[cell].seen().clone()))),
        }
    }

    /// The cells changed: fields follow as they may.
    fn follow(&mut self) {
        for cell in 0..self.fields.len() {
            let view = self.view(cell);
            self.fields[cell].changed(&view);
            self.check(cell);
        }
    }

    /// What the person typed stands in the field, whatever happened.
    fn check(&self, cell: usize) {
        let field = &self.fields[cell];
        if let (Some(plain), Some(draft)) = (&self.plain[cell], field.draft()) {
            assert_eq!(*plain, draft);
        }
    }
}

#[expect(non_snake_case, reason = "a constant that cannot be one")]
fn CELLS() -> [CellKey; 2] {
    [key("crimes_drug"), key("crimes_economic")]
}

struct World {
    server: Memory,
    desks: [Desk; 2],
    /// How often persons committed a value or an emptied field, by desk: each act is good for one op.
    acts: HashMap<(usize, i64), usize>,
    typed: i64,
}

impl World {
    fn new() -> Self {
        let desk = |name, id| {
            let device = Device::new(name, id);
            let fields = CELLS().iter().map(|key| Field::new(NOTATION, &device.replica.cell(key))).collect();
            Desk { device, fields, plain: vec![None, None], acted: vec![false, false], way: Vec::new() }
        };
        let desks = [desk("lan", 1), desk("hoa", 2)];
        Self { server: Memory::new(1), desks, acts: HashMap::new(), typed: 1_000 }
    }

    /// The person makes a figure of what they typed: that is an act, if it reads, however often they say so.
    fn commits(&mut self, desk: usize, cell: usize) {
        let Desk { plain, acted, .. } = &mut self.desks[desk];
        let read = |text: &String| if text.is_empty() { Some(EMPTIED) } else { text.parse().ok() };
        let number: Option<i64> = plain[cell].as_ref().and_then(read);
        if let Some(value) = number.filter(|_| !std::mem::replace(&mut acted[cell], true)) {
            *self.acts.entry((desk, value)).or_default() += 1;
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Enter { desk, cell } => self.desks[desk].fields[cell].enter(),
            Step::Type { desk, cell, reads } => {
                self.typed += 1;
                let text = if reads { self.typed.to_string() } else { format!("{}x", self.typed) };
                self.desks[desk].fields[cell].enter();
                self.desks[desk].fields[cell].input(text.clone());
                self.desks[desk].plain[cell] = Some(text);
                self.desks[desk].acted[cell] = false;
            }
            Step::Empty { desk, cell } => {
                self.desks[desk].fields[cell].input(String::new());
                self.desks[desk].plain[cell] = Some(String::new());
                self.desks[desk].acted[cell] = false;
            }
            Step::Commit { desk, cell } => {
                self.commits(desk, cell);
                let desk = &mut self.desks[desk];
                let (view, text) = (desk.view(cell), desk.fields[cell].text().to_owned());
                let next = desk.fields[cell].commit(text, &view);
                desk.carry_out(cell, next);
            }
            Step::Leave { desk, cell } => {
                self.commits(desk, cell);
                let desk = &mut self.desks[desk];
                let (view, text) = (desk.view(cell), desk.fields[cell].text().to_owned());
                let next = desk.fields[cell].leave(text, &view);
                desk.carry_out(cell, next);
            }
            Step::Away { desk, cell } => {
                let desk = &mut self.desks[desk];
                let view = desk.view(cell);
                desk.fields[cell].away(&view);
            }
            Step::GiveUp { desk, cell } => {
                let desk = &mut self.desks[desk];
                let view = desk.view(cell);
                if !desk.fields[cell].is_keeping() {
                    desk.fields[cell].give_up(&view);
                    desk.plain[cell] = None;
                }
            }
            Step::Redraw { desk, cell } => {
                let desk = &mut self.desks[desk];
                let view = desk.view(cell);
                if desk.fields[cell].is_keeping() {
                    return;
                }
                let (draft, seen) = (desk.fields[cell].draft(), desk.fields[cell].seen().clone());
                desk.fields[cell] = match draft {
                    Some(text) => Field::restored(NOTATION, &view, text, seen),
                    None => Field::new(NOTATION, &view),
                };
            }
            Step::Stored { desk } => self.store(desk),
            Step::Choose { desk, cell, place } => {
                let of = CELLS()[cell].clone();
                let view = self.desks[desk].view(cell);
                let Some(branch) = view.branches.get(place % view.branches.len().max(1)) else { return };
                let (Some(value), all) = (branch.value, &view.branches) else { return };
                let all = all.iter().map(|b| b.conflict_id).collect();
                *self.acts.entry((desk, value)).or_default() += 1;
                self.desks[desk].device.resolve(&of, value, all);
                self.desks[desk].follow();
            }
            Step::Sync { desk } => {
                self.desks[desk].device.sync(&mut self.server, &OFFICE);
                self.desks[desk].follow();
            }
        }
    }

    fn store(&mut self, desk: usize) {
        let desk = &mut self.desks[desk];
        if desk.way.is_empty() {
            return;
        }
        let (cell, way) = desk.way.remove(0);
        let of = CELLS()[cell].clone();
        let before = desk.view(cell);
        let done = match way {
            Way::Keep(value, seen) => {
                let other = before.unseen_since(&seen);
                if other.is_none() && before.value != Some(value) {
                    desk.device.edit(&of, value);
                }
                other.map_or(Ok(()), |other| Err(Fault::Became(other)))
            }
            Way::Clear(seen) => {
                let other = before.unseen_since(&seen);
                let back = desk.device.replica.take_back(&of);
                match (back.filter(|_| desk.device.replica.is_empty_without_unsent(&of)), other) {
                    (Some(changes), _) => {
                        desk.device.store(changes);
                        Ok(())
                    }
                    (None, Some(other)) => Err(Fault::Became(other)),
                    (None, None) => {
                        if before.answered {
                            desk.device.clear(&of);
                        }
                        Ok(())
                    }
                }
            }
        };
        let view = desk.view(cell);
        let next = match done {
            Ok(()) => desk.fields[cell].kept(&view),
            Err(fault) => {
                desk.fields[cell].refused(fault, &view);
                Next::Nothing
            }
        };
        if desk.fields[cell].draft().is_none() {
            desk.plain[cell] = None;
        }
        desk.carry_out(cell, next);
        desk.follow();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_op_has_an_act_behind_it(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        for desk in 0..2 {
            while !world.desks[desk].way.is_empty() {
                world.store(desk);
            }
        }
        for desk in [0, 1, 0, 1] {
            world.desks[desk].device.sync(&mut world.server, &OFFICE);
        }
        for stored in world.server.ops() {
            let OpBody::Figure { value, cleared, .. } = stored.op.body else { panic!("{stored:?}") };
            prop_assert_eq!(cleared, value.is_none());
            let desk = usize::from(stored.op.author == "hoa");
            let left = world.acts.entry((desk, value.unwrap_or(EMPTIED))).or_default();
            prop_assert!(*left > 0, "nobody entered {value:?} at desk {desk}, or not so often");
            *left -= 1;
        }
    }
}
