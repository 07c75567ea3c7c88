//! Small pictures for the page: bars and lines as SVG that reads on light and on dark.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 42.0;
const BOTTOM: f64 = 44.0;
const COLOURS: [&str; 4] = ["#2f6fde", "#d9822b", "#3a9d5d", "#8a63d2"];
const GREY: &str = "#7d8590";

/// One group of bars a label, one bar a series.
pub struct Bars<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub series: &'a [&'a str],
    /// Label and a value for each series.
    pub groups: Vec<(String, Vec<f64>)>,
    /// A line that should not be crossed, with its name.
    pub mark: Option<(f64, &'a str)>,
}

/// A step of 1, 2 or 5 times a power of ten that gives about four lines.
fn step(highest: f64) -> f64 {
    let raw = (highest / 4.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(raw.log10().floor());
    let lead = raw / power;
    power
        * if lead <= 1.0 {
            1.0
        } else if lead <= 2.0 {
            2.0
        } else if lead <= 5.0 {
            5.0
        } else {
            10.0
        }
}

fn number(value: f64) -> String {
    if value >= 100.0 || (value.fract() == 0.0 && value.abs() < 1e9) {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, fill: &str, words: &str) {
    let words = words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // Writing to a String cannot fail; the same below.
    _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{words}</text>"
    );
}

impl Bars<'_> {
    /// The picture.
    #[must_use]
    pub fn svg(&self) -> String {
        let values = self.groups.iter().flat_map(|(_, values)| values);
        let highest = values
            .copied()
            .chain(self.mark.map(|(at, _)| at))
            .fold(0.0, f64::max);
        let step = step(highest);
        let top = (highest / step).ceil().max(1.0) * step;
        let room = HEIGHT - TOP - BOTTOM;
        let y = |value: f64| TOP + room * (1.0 - value / top);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"11\" role=\"img\">\n\
             <title>{}</title>\n",
            self.title
        );
        text(
            &mut svg,
            (LEFT, 16.0),
            "start",
            GREY,
            &format!("{} ({})", self.title, self.unit),
        );
        let mut line = 0.0;
        while line <= top + step / 2.0 {
            let at = y(line);
            _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {at:.1}H{WIDTH}\" stroke=\"{GREY}\" stroke-opacity=\".25\"/>"
            );
            text(&mut svg, (LEFT - 6.0, at + 4.0), "end", GREY, &number(line));
            line += step;
        }
        self.bars(&mut svg, y);
        if let Some((at, name)) = self.mark {
            let at = y(at);
            _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {at:.1}H{WIDTH}\" stroke=\"#c9372c\" stroke-dasharray=\"5 4\"/>"
            );
            text(&mut svg, (WIDTH - 4.0, at - 4.0), "end", "#c9372c", name);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn bars(&self, svg: &mut String, y: impl Fn(f64) -> f64) {
        let floor = HEIGHT - BOTTOM;
        let slot = (WIDTH - LEFT) / self.groups.len().max(1) as f64;
        let bar = slot * 0.7 / self.series.len().max(1) as f64;
        for (group, (label, values)) in self.groups.iter().enumerate() {
            let begin = LEFT + slot * group as f64 + slot * 0.15;
            for (place, value) in values.iter().enumerate() {
                let (x, at) = (begin + bar * place as f64, y(*value));
                let colour = COLOURS[place % COLOURS.len()];
                _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{at:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
                    bar * 0.92,
                    floor - at
                );
                text(
                    svg,
                    (x + bar * 0.46, at - 3.0),
                    "middle",
                    GREY,
                    &number(*value),
                );
            }
            text(
                svg,
                (begin + slot * 0.35, floor + 16.0),
                "middle",
                GREY,
                label,
            );
        }
        let mut x = LEFT;
        if self.series.len() > 1 {
            for (place, name) in self.series.iter().enumerate() {
                let colour = COLOURS[place % COLOURS.len()];
                _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\" fill=\"{colour}\"/>",
                    HEIGHT - 18.0
                );
                text(svg, (x + 13.0, HEIGHT - 9.5), "start", GREY, name);
                x += 30.0 + 6.2 * name.chars().count() as f64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_numbers() {
        for (highest, wanted) in [
            (4.0, 1.0),
            (7.0, 2.0),
            (130.0, 50.0),
            (0.9, 0.5),
            (39.0, 10.0),
        ] {
            assert!((step(highest) - wanted).abs() < 1e-9, "{highest}");
        }
    }

    #[test]
    fn a_picture_holds_its_values() {
        let svg = Bars {
            title: "CPU",
            unit: "µs",
            series: &["a", "b"],
            groups: vec![
                ("10 k".to_owned(), vec![88.0, 12.5]),
                ("1 M".to_owned(), vec![90.0, 1.25]),
            ],
            mark: Some((120.0, "goal")),
        }
        .svg();
        assert!(svg.contains(">88<") && svg.contains(">12.5<") && svg.contains(">1.25<"));
        assert_eq!(svg.matches("<rect").count(), 6);
        assert!(svg.contains(">goal<"));
    }
}
