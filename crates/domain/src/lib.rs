//! The plan's nouns and rules, the same in the browser, on the server and on the command line.
//!
//! Nothing here does IO, reads a clock or draws a random number: "today" and every figure are arguments.
//!
//! This page is the handbook's first. It follows a figure from the sentence of the plan that asks for it to
//! the sentence that a report says of it, and names where each step is written.
//!
//! # 1. The plan is data
//!
//! [`plan::Plan`] is the shape of a plan file: targets, forms with their elements and rules, agencies, tasks,
//! deadlines and holidays. The first plan is Kế hoạch 188/KH-UBND of Hưng Yên (14/12/2021), the file
//! `plans/hung-yen-188.toml` of this crate; `plans/illustrative-schools.toml` is a made-up one of another field.
//! [`Model::new`] checks a plan as a whole and reports every mistake it has ([`plan::mistake`]).
//!
//! What the plan leaves open is a proposal, and said to be one in the file: each target's `note_vi` gives the
//! reading that was chosen, `alternative` the other one, which is shown beside the verdict and never decides it.
//!
//! # 2. The targets, each with its sentence
//!
//! | target | section of KH 188 | its words, errors of the copy included | met when | computed from |
//! |---|---|---|---|---|
//! | T01 | I.3 | “ngăn chặn sự gia tăng của tội phạm, năm sau giảm so với năm trước” | the count below last year's | `crimes_recorded_total` |
//! | T02 | I.3 | “giảm tỷ lệ tái phạm tội” | the rate below last year's | `accused_recidivist / accused_prosecuted_total` |
//! | T03 | I.3 | “giảm ít nhất 5% các tội phạm xâm hại trẻ em so với giai đoạn 2016 - 2020” | the sum of 2021–2025 at least 5 % below that of 2016–2020 | `child_abuse_crimes / (child_abuse_crimes_2016 + … + child_abuse_crimes_2020)` |
//! | T04 | I.3 | “Tỷ lệ điều tra, khám phá các loại tội phạm hằng năm đạt trên 75%” | above 75 % | `crimes_solved_current / crimes_recorded_total` |
//! | T05 | I.3 | “các tội rất nghiêm trọng, đặc biệt nghiêm trọng đạt trên 90% tổng số vụ án khởi tố” | above 90 % | `vs_solved + es_solved / (vs_prosecuted + es_prosecuted)` |
//! | T06 | I.3 | “Bắt giữ, vận động đầu thú 30% số đối tượng truy nã hiện có” | at least 30 % | `wanted_open_arrested + wanted_open_surrendered / wanted_open_start` |
//! | T07 | I.3 | “phân đầu bắt 50% số đối tượng truy nã phát sinh” | at least 50 % | `wanted_new_arrested / wanted_new` |
//! | T08 | I.4 | “Bảo đảm 100% tố giác, tin báo về tội phạm và kiến nghị khởi tố được tiếp nhận giải, phân loại quyết, xử lý theo quy định” | exactly 100 % | `denun_received_new - denun_violation / denun_received_new` |
//! | T09 | I.4 | “tỷ lệ giải quyết đạt trên 90%” | above 90 % | `denun_resolved / (denun_carried_in + denun_received_new + denun_restored - denun_transferred_out)` |
//! | T10 | I.4 | “Truy tố đúng thời hạn trên 90% số vụ án hình sự đã có kết luận điều tra đề nghị truy tố” | above 90 % | `pros_decided_on_time / (pros_carried_in + pros_files_new)` |
//! | T11 | I.4 | “bảo đảm truy tố đúng bị can đúng tội đạt trên 95%” | above 95 % | `indicted_accused_correct / indicted_accused_tried` |
//! | T12 | I.4 | “tỷ lệ giải quyết án hình sự đạt trên 88%” | above 88 % | `court_crim_resolved / (court_crim_carried_in + court_crim_accepted_new)` |
//! | T13 | I.5 | “nâng tỷ lệ giải quyết và kết thúc điều tra các vụ án tham nhũng năm sau cao hơn năm trước” | the rate above last year's | `corr_cases_resolved / (corr_cases_carried_in + corr_cases_new)` |
//! | T14 | I.5 | “nâng tỷ lệ giải quyết và kết thúc điều tra các vụ án tham nhũng năm sau cao hơn năm trước” | the rate above last year's | `corr_inv_concluded / (corr_inv_carried_in + corr_inv_new)` |
//! | T15 | I.5 | “nâng tỷ lệ thu hồi, kê biên, phong tỏa tài sản bị chiếm đoạt trong các vụ án tham nhũng đạt trên 60%” | above 60 % | `corr_asset_secured_vnd / corr_asset_misappropriated_vnd` |
//! | T16 | I.5 | “bảo đảm 100% các vụ việc có dấu hiệu tội phạm được phát hiện qua công tác thanh tra, kiểm tra, giám sát đều được chuyển ngay đến cơ quan điều tra” | exactly 100 % | `insp_cases_transferred / insp_cases_with_crime_signs` |
//! | T17 | I.6 | “phân đầu tỷ lệ chuyển hóa thành công hằng năm đạt từ 60% trở lên” | at least 60 % | `areas_transformed_ok / areas_selected` |
//! | T18 | I.6 | “85% các địa bàn đã chuyển hóa thành công không tái phức tạp trở lại” | at least 85 % | `areas_ok_monitored - areas_relapsed / areas_ok_monitored` |
//! | D1 | I.1 | “không để gia tăng do tác động của dịch bệnh Covid-19” | the count not above last year's | `crimes_recorded_total` |
//! | D2 | I.6 | “không để phát sinh, hình thành các "điểm nóng" phức tạp về an ninh trật tự” | none | `hotspots_arisen` |
//! | D3 | I.4 | “Tăng cường các biện pháp phòng, chống oan sai, chống bỏ lọt tội phạm và người phạm tội” | none | `acquitted_final + suspended_no_crime` |
//!
//! T01 to T18 are the plan's own rules with a number or a direction; D1 to D3 have no number in it and are
//! followed by us. "Trên" is [`plan::Comparator::Gt`], "từ … trở lên", "ít nhất" and a bare number are
//! [`plan::Comparator::Ge`], "100%" is [`plan::Comparator::Eq`]. T07, T17 and T18 are aims ("phấn đấu"):
//! [`plan::Firmness::Aspirational`].
//!
//! # 3. Who reports, where and when
//!
//! * [`mod@unit`]: a unit is a code *and* the first day of its territory. Two reorganisations (1/12/2024, 1/7/2025)
//!   reuse codes for other ground, so ground is modelled as sets of parts; a scope is a set too.
//! * [`reporter`]: an agency of a unit. [`Model::is_assigned`] says who fills in a form for a period: whoever is
//!   in force on its last day. [`Model::takeovers`] says whose work somebody went on with.
//! * [`period`] and [`calendar`]: `2024-Q1` is a name; its days depend on the form's calendar, which the plan
//!   declares ([`plan::Calendar`]). Nghị định 09/2019, article 12, gives the administration's (15/12 to 14/12);
//!   procuracy, courts and statistics differ, and the procuracy's years moved from 1/12 to 1/10 in 2025.
//! * [`deadline`]: so many working days after the cut-off, by level, and whether a form runs, is due or late.
//!
//! # 4. A figure
//!
//! [`quantity`] reads what people type, exactly, and asks where a dot or comma could mean two things.
//! [`clipboard`] takes a pasted block apart into cells, [`paste`] says which of its numbers belongs to which row of
//! a form and what is asked before anything is written.
//! "Chưa có số liệu" with its reason is a figure without a value, and never 0. [`Figures`] holds the cells;
//! [`rules`] checks one form against itself, the period before and the year before.
//!
//! # 5. A verdict
//!
//! [`evaluate::Evaluator`] sums each element over the reporters inside the scope and the periods of the year to
//! date (flows add up; a stock is taken at its end of the span), and [`verdict::judge`] compares, in this order:
//!
//! 1. no data, where an element has no reported cell or part of the territory has nobody to report it;
//! 2. no occurrence, where this span's denominator is 0;
//! 3. not comparable, where last year is missing, its denominator 0, its boundaries or its months other;
//! 4. cannot improve, where last year was at the limit and this year is too;
//! 5. met or not met, by cross-multiplication of whole numbers in 128 bits, never by a rounded rate.
//!
//! Rates of a wider scope are sums over sums, never means of rates. A verdict is provisional while its span is
//! open, a cell is missing or something is unapproved or estimated. Beside it stand coverage, contested cells, what is missing
//! to meet the target and the other reading. [`number::percent`] prints a rate with as many decimals as it takes
//! to stand where the exact one does, in either [`number::Style`]. [`evaluate::project`] looks ahead to the year's end and says how it did and
//! how wrong it was before. [`evaluate::Board`] keeps many verdicts true, cell by cell.
//!
//! # 6. What may be told
//!
//! [`privacy::publishable`] is the one way out for sums and verdicts: the numbers of sensitive elements go, with all that
//! they could be computed from. [`personal_data::find`] warns whoever writes a free text that it seems to name a person.
//!
//! # 7. Where this is held to
//!
//! `tests/facts` of this crate: `tables` (every row of the reference tables is in the plan), `vectors` (published
//! figures and boundary cases), `calendars` (every period of 2024 in four calendars), `procuracy` (its years through
//! their change), `own_calendar` (a plan with a calendar of its own), `conservation` (the same
//! ground has the same sum), `agreement` (anew, cell by cell and on a device come to the same), `rules`,
//! `projection`, `privacy`, `search`. The journey `agreement` runs generated cases in a browser and compares bytes.
//!
//! ```
//! use chitieu_domain::plan::{Comparator, TargetKind};
//! use chitieu_domain::verdict::{Case, Pair, Verdict, judge};
//!
//! // KH 188, I.3: "đạt trên 75%". 122 of 164 cases is 74,39 %; two more would be enough.
//! let case = Case {
//!     kind: TargetKind::RateThreshold,
//!     comparator: Comparator::Gt,
//!     threshold: 75,
//!     this: Some(Pair { n: 122, d: 164 }),
//!     previous: None,
//!     years: 1,
//! };
//! assert_eq!(judge(&case), (Verdict::NotMet, Some(2)));
//! ```

pub mod attachment;
pub mod calendar;
pub mod change;
pub mod clipboard;
pub mod day;
pub mod deadline;
pub mod evaluate;
pub mod expression;
pub mod figures;
pub mod model;
pub mod number;
pub mod packed;
pub mod paste;
pub mod period;
pub mod personal_data;
pub mod plan;
pub mod privacy;
pub mod quantity;
pub mod reporter;
pub mod rules;
pub mod search;
pub mod task;
pub mod unit;
pub mod unpack;
pub mod verdict;

pub use figures::{Figure, Figures};
pub use model::{ElementIx, FormIx, Model, ReporterIx, UnitIx};
pub use period::PeriodId;
pub use reporter::ReporterId;
pub use unit::UnitId;
