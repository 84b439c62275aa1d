"""Formulas: which texts are taken for one, and how LaTeX reads in Unicode."""

import pytest

from bot.text.latex.renderer import render_formula
from bot.text.markdown import to_discord_markdown

FORMULAS = [
    (r"E = mc^2", "E = mc²"),
    (r"x_1^2 + x_{ij} - a_{n+1}", "x₁² + xᵢⱼ - aₙ₊₁"),
    (r"\frac{a}{b}", "a/b"),
    (r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", "(-b ± √(b² - 4ac))/(2a)"),
    (r"\frac12 + \dfrac{dy}{dx}", "1/2 + dy/dx"),
    (r"s = ut + \frac{1}{2} a t^2", "s = ut + (1/2) a t²"),
    (r"\left( \frac{a}{b} \right)^2", "(a/b)²"),
    (r"{a+b}^2", "(a+b)²"),
    (r"\sqrt{2} \sqrt{x+1} \sqrt[3]{x}", "√2 √(x+1) ∛x"),
    (r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", "∑ᵢ₌₁ⁿ i = n(n+1)/2"),
    (r"\sum_{k \in S} k", "∑[k ∈ S] k"),
    (r"\int_0^\infty e^{-x^2}\,dx", "∫[0…∞] e^(-x²) dx"),
    (r"\lim_{x \to 0} \frac{\sin x}{x} = 1", "lim[x → 0] (sin x)/x = 1"),
    (r"\log_2 n + 2\sin^2\theta", "log₂ n + 2 sin² θ"),
    (r"A = \pi r^2, \alpha\le\beta", "A = πr², α ≤ β"),
    (r"\nabla \cdot \mathbf{E} = \frac{\rho}{\varepsilon_0}", "∇ · E = ρ/ε₀"),
    (r"x \in \mathbb{R}^n, \forall \epsilon > 0", "x ∈ ℝⁿ, ∀ ε > 0"),
    (r"\vec{F} = m\vec{a}, \hat{y}, \bar{x}", "F⃗ = ma⃗, ŷ, x̄"),
    (r"\hat" * 18 + "{x}", "x̂"),
    (r"\hat{\bar{x}}, \widehat{\hat{y}}, \hat{a\hat{b}}, \overline{ŷ\vec{z}}", "x̄̂, ŷ, âb̂, ŷ̅z⃗̅"),
    (r"\vec{\dot{\hat{\bar{x}}}}", r"`\vec{\dot{\hat{\bar{x}}}}`"),
    (r"\hat{" + "x\u0302\u0301}", "x\u0302\u0301"),
    (r"90^\circ, A^T, f'(x), x^*", "90°, Aᵀ, f′(x), x∗"),
    (r"\text{Area} = 5\,\text{m}^2, 50\%", "Area = 5 m², 50%"),
    (r"\{1, 2, \ldots, n\}", "{1, 2, …, n}"),
    (r"H_2O \rightarrow H^+ + OH^-", "H₂O → H⁺ + OH⁻"),
    (r"\binom{n}{k}, a \equiv b \pmod{n}, \boxed{42}", "C(n, k), a ≡ b (mod n), 42"),
    (r"\begin{aligned} a &= b \\ &= c \\[2pt] &= d \end{aligned}", "a = b\n= c\n= d"),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1 2; 3 4)"),
    (r"\begin{cases} a, & b && c \\ & d, & e \end{cases}", "{a, b, c; , d, e}"),
    (r"f = \begin{cases} x & x > 0 \\ -x & \text{else} \end{cases}", "f = {x, x > 0; -x, else}"),
    (r"\frac{\partial f}{\partial x} = \frac{1}{N}\sum_i e^{x_i}", "∂f/∂x = 1/N ∑ᵢ e^(xᵢ)"),
    (r"\lfloor x \rfloor, \nabla_\theta J", "`⌊x⌋, ∇_θ J`"),
    (r"a*b*c", "a∗b∗c"),
    (r"k_B T", "`k_B T`"),
    (r"\foo{x_1} + \alpha", r"`\foo{x₁} + α`"),
    (r"||x||", "`||x||`"),
    (r"- x", "`- x`"),
    (r"\frac{a", r"`\frac{a`"),
    (r"\begin{x} a", r"`\begin{x} a`"),
    ("{" * 60 + "x" + "}" * 60, "{" * 60 + "x" + "}" * 60),
    (r"\sqrt{\text{\{}}, \text{a \} b}", "√{, a } b"),
    (r"\sqrt" * 80, "`" + r"\sqrt" * 80 + "`"),
    (r"\\", ""),
]


@pytest.mark.parametrize(("tex", "shown"), FORMULAS)
def test_latex_reads_as_unicode_and_the_rest_as_code(tex: str, shown: str) -> None:
    assert render_formula(tex) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"so \(x^2\), \[y_1\] and $$\frac{a}{b}$$ hold", "so x², y₁ and a/b hold"),
        ("so\n\\[\nx^2\n= y\n\\]\nend", "so\nx² = y\nend"),
        ("> so\n> $$\n> x^2\n> $$\n", "> so\n> x²\n"),
        ("- so $$a \\\\ b^2$$\n", "- so a\n  b²\n"),
        (r"函数\(f(x)\)是, **\(x\)**, (\(y\))", "函数f(x)是, **x**, (y)"),
        (r"\(k_B\)\(k_B\)`x`, `x`\(k_B\)", "`k_B` `k_B` `x`, `x` `k_B`"),
        (r"f\(x\), list\[0\], \[a link\](https://example.com), \(see below\)", None),
        (r"name \(optional\), A \[note\], \(ok\), \[default: none\], \(and/or\), \(well-known\)", None),
        (r"\(e.g.\) \(i.e. so\) \(see p. 5\) \(N/A\) \(<tag>\) \(5 minutes\) \(USA\) \(Google+\)", None),
        ("\\(a\\) first, \\(b\\) second\n- \\(1\\) one\n- \\(2\\) is two\n**\\(A\\)** Paris", None),
        (r"\(i\) and \(ii\) or \(iii\), then \(iv\), \(v\) and \(x\)", None),
        (r"\(C\) 2024, Copyright \(c\) Us, a name \(TM\), \(R\)", r"\(C\) 2024, Copyright \(c\) Us, a name \(TM\), R"),
        (r"\(a\) is prime, let \(b\) and \(c\) be; \(d\), \(x\) so", "a is prime, let b and c be; d, x so"),
        (r"so he says \(2024\), \(UK\) and \(US\), \(v2\) \(v1.2\), \(10%\), \[^a-z\] and \(^x\)", None),
        (r"\(A\) \(x^2\) \(B\) 3", r"\(A\) x² \(B\) 3"),
        ("- \\(a\\): side\n- \\(b\\), too\n\nfor \\(c\\) in C", "- a: side\n- b, too\n\nfor c in C"),
        (r"\[1\] \[1, 2\] \[x\] done \[ \] \[a-z\] \[0-9\] \[sic\] \[...\]", None),
        (r"\(n\), \(AB\), \(3\), \(x, y\), \(\sin x\), \(a<b\), \(2n - 1\)", "n, AB, 3, x, y, sin x, a<b, 2n - 1"),
        (
            r"\(\text{speed}\) \(speed = distance / time\) \[f(x)\] \[a + b\]",
            "speed speed = distance / time f(x) a + b",
        ),
        ("\\[\nx\n\\] $x$", "x x"),
        (r"\begin{equation*} x^2 \end{equation*}, \begin{pmatrix} 1 \\ 2 \end{pmatrix}", "x², (1; 2)"),
        ("> \\begin{align}\n> a &= b\n> \\end{align}\n", "> a = b\n"),
        (r"\begin{itemize} \item a \end{itemize} \begin \begin{ \begin{align} x", None),
        ("\\begin{align} x\n\ny \\end{align}", None),
        ("\\(not\n\nclosed\\) \\(nor this", None),
        (r"\(" + "+" * 500 + r"\)", None),
        (r"\(this one reads like prose and is none\)", None),
        ("$x$, $n$-th, $a + b$, $E = mc^2$, $v = u + at$, $f(x)$", "x, n-th, a + b, E = mc², v = u + at, f(x)"),
        (r"$\alpha$ and $x_1$ ($2 + 2 = 4$).", "α and x₁ (2 + 2 = 4)."),
        ("costs $5 and $6, $5-$10, $5/$10, $5,000 or $6k, US$5 and CA$, 5$ and 6$, $5k$, $10$", None),
        ("$HOME/$USER, $PATH:$HOME, ${a}, ${b}, $x, $y and $i,$j", None),
        ("cheap ($), moderate ($$), expensive ($$$), $$ (so so), $$", None),
        (r"costs \$5 \$x$", None),
        ("$x\n$ and $x + $y", None),
    ],
)
def test_what_is_certain_is_a_formula(text: str, shown: str | None) -> None:
    assert to_discord_markdown(text) == (text if shown is None else shown)
