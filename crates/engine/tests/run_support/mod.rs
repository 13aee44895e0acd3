//! A run that is played: each stack follows a script, and chance says who answers next.

use engine::run::{
    Ask, Direction, Leaves, Rest, Run, RunInput, RunProgress, RunStack, StackEnd, StackId, Told,
};

/// What a stack does when it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The round whose plan is refused.
    pub(crate) refuses: Option<u32>,
    /// Whose value it waits for.
    pub(crate) waits_on: Option<StackId>,
    /// Whether there is nothing to do.
    pub(crate) idle: bool,
    /// What comes of its lead; a `LeadOver` is filled in from the rest.
    pub(crate) lead: Told,
    /// Whether a trail is left.
    pub(crate) trail: bool,
    /// What comes of its trail.
    pub(crate) trail_told: Told,
    /// In how many rounds something is deferred.
    pub(crate) deferred_rounds: u32,
    /// What comes of closing or forgetting it.
    pub(crate) close: Told,
}

impl Script {
    /// Whether anything of it may go wrong.
    pub(crate) fn may_fail(script: &Script) -> bool {
        script.refuses.is_some()
            || script.lead == Told::LeadFailed
            || script.trail_told == Told::TrailFailed
            || script.close == Told::Broke
    }

    fn answer(&self, round: u32, ask: Ask) -> Told {
        match ask {
            Ask::Plan { round } if self.refuses == Some(round) => Told::Refused,
            Ask::Plan { .. } if let Some(on) = self.waits_on => Told::Waits { on },
            Ask::Plan { .. } if self.idle => Told::Nothing { deferred: false },
            Ask::Plan { .. } => Told::Planned,
            Ask::Lead if self.lead == Told::LeadFailed => Told::LeadFailed,
            Ask::Lead => {
                Told::LeadOver { trail: self.trail, deferred: round <= self.deferred_rounds }
            }
            Ask::Trail => self.trail_told,
            Ask::Close(_) | Ask::Forget => self.close,
        }
    }
}

/// A graph, its scripts, and when it is stopped.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) direction: Direction,
    pub(crate) stacks: Vec<RunStack>,
    pub(crate) scripts: Vec<Script>,
    pub(crate) width: usize,
    pub(crate) stop_after: Option<usize>,
}

impl Plot {
    /// Stacks that read those named by digits.
    pub(crate) fn reads(reads: &[&str]) -> Plot {
        let ids = |text: &str| text.bytes().map(|digit| StackId(u32::from(digit - b'0'))).collect();
        Plot::of(reads.iter().map(|text| ids(text)).collect())
    }

    /// Stacks each of which reads the one before.
    pub(crate) fn chain(count: u32) -> Plot {
        Plot::of(
            (0..count).map(|at| at.checked_sub(1).map(StackId).into_iter().collect()).collect(),
        )
    }

    fn of(reads: Vec<Vec<StackId>>) -> Plot {
        let script = Script {
            refuses: None,
            waits_on: None,
            idle: false,
            lead: Told::LeadOver { trail: false, deferred: false },
            trail: false,
            trail_told: Told::TrailOver,
            deferred_rounds: 0,
            close: Told::Closed,
        };
        let scripts = vec![script; reads.len()];
        let stack = |reads| RunStack { reads, stood_on: Vec::new(), leaves: Leaves::Itself };
        let stacks = reads.into_iter().map(stack).collect();
        Plot { direction: Direction::Apply, stacks, scripts, width: 16, stop_after: None }
    }

    pub(crate) fn each(mut self, change: impl Fn(&mut Script)) -> Plot {
        self.scripts.iter_mut().for_each(change);
        self
    }

    pub(crate) fn with(mut self, stack: usize, change: impl Fn(&mut Script)) -> Plot {
        change(&mut self.scripts[stack]);
        self
    }

    pub(crate) fn stood_on(mut self, stack: usize, below: &[u32]) -> Plot {
        self.stacks[stack].stood_on = below.iter().map(|at| StackId(*at)).collect();
        self
    }

    pub(crate) fn destroy(mut self) -> Plot {
        self.direction = Direction::Destroy;
        self
    }

    pub(crate) fn hosted(mut self, stack: usize, host: u32) -> Plot {
        self.stacks[stack].leaves = Leaves::WithHost(StackId(host));
        self
    }

    pub(crate) fn stopped_after(mut self, steps: usize) -> Plot {
        self.stop_after = Some(steps);
        self
    }

    pub(crate) fn is_forgotten(&self, stack: usize) -> bool {
        self.direction == Direction::Destroy && self.stacks[stack].leaves != Leaves::Itself
    }

    /// A graph of up to twelve stacks, of which some fail.
    pub(crate) fn random(seed: u64) -> Plot {
        let mut chance = Chance(seed);
        let count = 1 + chance.below(12);
        let mut reads: Vec<Vec<StackId>> = Vec::new();
        for at in 0..count {
            reads.push(
                (0..at).filter(|_| chance.below(3) == 0).map(|at| StackId(at as u32)).collect(),
            );
        }
        let mut plot = Plot::of(reads);
        plot.width = 1 + chance.below(4);
        plot.direction = [Direction::Apply, Direction::Apply, Direction::Destroy][chance.below(3)];
        plot.stop_after = (chance.below(6) == 0).then(|| chance.below(20));
        let calm = chance.below(4) == 0;
        for at in 0..count {
            let below = (at > 0).then(|| StackId(chance.below(at.max(1)) as u32));
            if let (Some(host), 0) = (below, chance.below(5)) {
                plot.stacks[at].leaves = Leaves::WithHost(host);
            }
            let stood = (0..count).filter(|_| chance.below(6) == 0).map(|at| StackId(at as u32));
            plot.stacks[at].stood_on = stood.collect();
            let script = &mut plot.scripts[at];
            script.idle = chance.below(6) == 0;
            script.trail = plot.direction == Direction::Apply && chance.below(2) == 0;
            script.deferred_rounds = [0, 0, 0, 1, 2, 99][chance.below(6)];
            script.waits_on = below.filter(|_| chance.below(12) == 0);
            if calm {
                continue;
            }
            match chance.below(12) {
                0 => script.refuses = Some(1 + chance.below(2) as u32),
                1 => script.lead = Told::LeadFailed,
                2 => script.trail_told = Told::TrailFailed,
                3 => script.close = Told::Broke,
                _ => {}
            }
        }
        plot
    }
}

/// What happened.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) ends: Vec<StackEnd>,
    pub(crate) asked: Vec<(StackId, Ask)>,
    pub(crate) widest: usize,
    /// When, in steps, each stack was first planned or forgotten.
    pub(crate) began_at: Vec<Option<usize>>,
    /// When its last lead was answered as over.
    pub(crate) led_at: Vec<Option<usize>>,
    pub(crate) trailed_at: Vec<Option<usize>>,
    /// When its last answer came.
    pub(crate) ended_at: Vec<Option<usize>>,
    /// What had been asked when it was stopped.
    pub(crate) stopped_at: Option<usize>,
}

/// Plays a run; `seed` says whose answer comes next.
pub(crate) fn play(plot: &Plot, seed: u64) -> Played {
    let count = plot.stacks.len();
    let mut run = Run::new(&RunInput {
        direction: plot.direction,
        stacks: plot.stacks.clone(),
        rounds_max: 4,
        width: plot.width,
    });
    let mut chance = Chance(seed);
    let mut played = Played {
        ends: Vec::new(),
        asked: Vec::new(),
        widest: 0,
        began_at: vec![None; count],
        led_at: vec![None; count],
        trailed_at: vec![None; count],
        ended_at: vec![None; count],
        stopped_at: None,
    };
    let (mut open, mut rounds, mut step) = (Vec::new(), vec![1; count], 0);
    let mut answers = 0;
    loop {
        if plot.stop_after == Some(answers) && played.stopped_at.is_none() {
            run.stop();
            played.stopped_at = Some(played.asked.len());
        }
        let mut asks = Vec::new();
        let progress = run.advance(&mut asks);
        for (stack, ask) in asks {
            step += 1;
            let at = stack.at();
            match ask {
                Ask::Plan { round } => {
                    rounds[at] = round;
                    played.began_at[at].get_or_insert(step);
                }
                Ask::Forget => played.began_at[at] = Some(step),
                Ask::Trail => played.trailed_at[at] = Some(step),
                Ask::Lead | Ask::Close(Rest::Nothing | Rest::Undone) => {}
            }
            played.asked.push((stack, ask));
            open.push((stack, ask));
        }
        played.widest = played.widest.max(open.len());
        if progress == RunProgress::Done {
            assert!(open.is_empty(), "seed {seed}: over while something is asked");
            break;
        }
        assert!(!open.is_empty(), "seed {seed}: the run waits for nothing");
        let (stack, ask) = open.swap_remove(chance.below(open.len()));
        let told = plot.scripts[stack.at()].answer(rounds[stack.at()], ask);
        step += 1;
        answers += 1;
        played.ended_at[stack.at()] = Some(step);
        if matches!(told, Told::LeadOver { .. }) {
            played.led_at[stack.at()] = Some(step);
        }
        run.answer(stack, told);
    }
    played.ends = run.finish();
    played
}

/// Chance with a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ bits >> 31) % bound as u64) as usize
    }
}
