//! What expressions ask the world and providers' functions, and what was answered.
//!
//! One answer per question: the same file asked twice is read once. While planning, what cannot be foretold (the time
//! of the apply, random bits) is unknown. Nothing is asked here; the machine takes the questions and brings answers.
//!
//! Invariant: a question is put once; its cell is settled when it is answered.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, Span};
use funcs::When;
use lang::eval::{Asked, Cell, Eval};
use lang::expr::ProviderFunction;
use schema::FunctionSchema;
use schema::protocol::FunctionError;
use value::{Marks, Type, Value, convert};

use super::ids::FrameId;
use super::{Phase, World};

/// A question, as its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// To the world.
    World(funcs::Request),
    /// For random bits: others at each place.
    Random(Cell, Span),
    /// To a provider's function.
    Function(ProviderAddr, Arc<str>, Vec<Value>),
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    /// By the world.
    World(funcs::Answer),
    /// By a provider's function.
    Function(Result<Value, FunctionError>),
    /// Nothing: the call failed, which was reported.
    Failed,
}

/// Questions and answers.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    by_key: HashMap<Question, usize>,
    all: Vec<Entry>,
    spare: Vec<Cell>,
    asked: usize,
}

#[derive(Debug)]
struct Entry {
    question: Question,
    cell: Cell,
    answer: Option<Answered>,
}

impl Questions {
    /// Cells kept in reserve, so that a question can be put while only reading.
    pub(super) const SPARE: usize = 64;

    /// How many cells are missing from the reserve.
    pub(super) fn missing(&self) -> usize {
        Questions::SPARE.saturating_sub(self.spare.len())
    }

    /// Fills the reserve.
    pub(super) fn reserve(&mut self, cells: impl Iterator<Item = Cell>) {
        self.spare.extend(cells);
    }

    /// The answer to a question, or the cell to wait for. Where the reserve is used up, an earlier one is waited for
    /// and the question put again later.
    fn ask(&mut self, question: Question) -> Result<Answered, Cell> {
        if let Some(at) = self.by_key.get(&question) {
            let entry = &self.all[*at];
            return entry.answer.clone().ok_or(entry.cell);
        }
        let Some(cell) = self.spare.pop() else {
            let last = self.all.last().expect("BUG: no question, and no reserve");
            return Err(last.cell);
        };
        self.by_key.insert(question.clone(), self.all.len());
        self.all.push(Entry { question, cell, answer: None });
        Err(cell)
    }

    /// Questions that were put since the last time, with their numbers.
    pub(super) fn take(&mut self) -> Vec<(u32, Question)> {
        let first = std::mem::replace(&mut self.asked, self.all.len());
        (first..self.all.len())
            .filter(|at| self.all[*at].answer.is_none())
            .map(|at| {
                (u32::try_from(at).expect("BUG: too many questions"), self.all[at].question.clone())
            })
            .collect()
    }

    /// Keeps an answer; tells the cell to settle.
    pub(super) fn answer(&mut self, number: u32, answer: Answered) -> Cell {
        let entry = &mut self.all[number as usize];
        entry.answer = Some(answer);
        entry.cell
    }

    /// Keeps an answer that is known beforehand.
    pub(super) fn preset(&mut self, question: Question, answer: Answered) {
        self.by_key.insert(question.clone(), self.all.len());
        self.all.push(Entry { question, cell: Cell(u32::MAX), answer: Some(answer) });
        self.asked = self.all.len();
    }

    /// What the world answered.
    pub(crate) fn world(&self) -> impl Iterator<Item = (&funcs::Request, &funcs::Answer)> {
        self.all.iter().filter_map(|entry| match (&entry.question, &entry.answer) {
            (Question::World(request), Some(Answered::World(answer))) => Some((request, answer)),
            _ => None,
        })
    }
}

/// A table of questions that can be asked while only reading.
pub(crate) type Open = RefCell<Questions>;

impl World {
    /// The world's answer to an impure function; none while planning for what only an apply can tell.
    pub(super) fn asked(&self, reader: Cell, asked: &Asked<'_>) -> Eval<Option<funcs::Answer>> {
        if self.settings.phase == Phase::Planning && asked.when == When::AtApply {
            return Eval::Value(None);
        }
        let question = match asked.request {
            funcs::Request::PlanTime => {
                return Eval::Value(Some(funcs::Answer::Seconds(self.settings.time_s)));
            }
            funcs::Request::Random => Question::Random(reader, asked.span),
            request => Question::World(request.clone()),
        };
        match self.questions.borrow_mut().ask(question) {
            Ok(Answered::World(answer)) => Eval::Value(Some(answer)),
            Ok(Answered::Function(_) | Answered::Failed) => Eval::Failed,
            Err(cell) => Eval::blocked(cell),
        }
    }

    /// The result of a provider's function.
    pub(super) fn provider_function(
        &self,
        frame: FrameId,
        function: &ProviderFunction,
        args: &[Value],
        places: (Span, &[Span]),
        diags: &mut Diags,
    ) -> Eval {
        let refuse = |diags: &mut Diags, detail: String| {
            diags.push(
                Diagnostic::error("provider-function", "Error in a provider's function")
                    .detail(detail)
                    .at(places.0),
            );
            Eval::Failed
        };
        let Some(provider) = self.frames[frame.at()].def.provider_of(&function.provider) else {
            return refuse(
                diags,
                format!("There is no provider {:?} in this module.", function.provider),
            );
        };
        let schema =
            self.schemas.provider(&provider).and_then(|s| s.functions.get(&function.function));
        let Some(schema) = schema else {
            return refuse(
                diags,
                format!("Provider {provider} has no function {:?}.", function.function),
            );
        };
        let prepared = match prepare(schema, args) {
            Ok(prepared) => prepared,
            Err(message) => return refuse(diags, format!("{}: {message}.", function.function)),
        };
        if prepared.unknown {
            return Eval::Value(Value::unknown(schema.result).with_marks(prepared.marks));
        }
        let question = Question::Function(provider, function.function.clone(), prepared.args);
        let answer = self.questions.borrow_mut().ask(question);
        match answer {
            Ok(Answered::Function(Ok(value))) => Eval::Value(value.with_marks(prepared.marks)),
            Ok(Answered::Function(Err(error))) => {
                let argument =
                    error.argument.map_or(String::new(), |n| format!(" (argument {})", n + 1));
                refuse(diags, format!("{}{argument}: {}", function.function, error.text))
            }
            Ok(_) => Eval::Failed,
            Err(cell) => Eval::blocked(cell),
        }
    }
}

/// Arguments of a provider's function, ready to be sent.
struct Prepared {
    args: Vec<Value>,
    marks: Marks,
    unknown: bool,
}

fn prepare(schema: &FunctionSchema, given: &[Value]) -> Result<Prepared, String> {
    let least = schema.params.len();
    if given.len() < least || (given.len() > least && schema.variadic.is_none()) {
        return Err(format!("it takes {least} arguments, and {} are given", given.len()));
    }
    let mut prepared =
        Prepared { args: Vec::with_capacity(given.len()), marks: Marks::NONE, unknown: false };
    for (index, value) in given.iter().enumerate() {
        let param = schema.params.get(index).or(schema.variadic.as_ref());
        let param = param.expect("BUG: the arguments have been counted");
        let (bare, marks) = value.clone().unmark_deep();
        prepared.marks = prepared.marks.union(marks);
        let converted = if param.ty == Type::DYNAMIC {
            bare
        } else {
            convert::convert(&bare, param.ty).map_err(|error| format!("{}: {error}", param.name))?
        };
        if converted.is_null() && !param.allow_null {
            return Err(format!("{} must not be null", param.name));
        }
        prepared.unknown |= !converted.is_wholly_known();
        prepared.args.push(converted);
    }
    Ok(prepared)
}
