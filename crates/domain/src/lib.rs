//! The plan's nouns and rules, the same in the browser, on the server and on the command line.
//!
//! Nothing here does IO, reads a clock or draws a random number: "today" and every figure are arguments.
//! Where to start: [`Model`] ties a [`plan::Plan`] to the [`unit::Units`] it is reported by,
//! [`Figures`] holds what was reported, [`evaluate::Evaluator`] judges a target, and
//! [`rules::check_form`] checks one form as it is being filled in.
//!
//! ```
//! use chitieu_domain::quantity::Quantity;
//! assert_eq!(Quantity::parse("1.234").unwrap().unwrap().get(), 1234);
//! ```

pub mod calendar;
pub mod deadline;
pub mod evaluate;
pub mod expression;
pub mod figures;
pub mod model;
pub mod number;
pub mod period;
pub mod plan;
pub mod privacy;
pub mod quantity;
pub mod reporter;
pub mod rules;
pub mod search;
pub mod unit;
pub mod verdict;

pub use figures::{Figure, Figures};
pub use model::{ElementIx, FormIx, Model, ReporterIx, UnitIx};
pub use period::PeriodId;
pub use reporter::ReporterId;
pub use unit::UnitId;
