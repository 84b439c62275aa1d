"""What the commands of LaTeX look like in Unicode: those that answers use often, in four kinds."""


def _pairs(listed: str) -> dict[str, str]:
    words = listed.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


LETTERS = _pairs(
    """
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ
    nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬
    lnot ¬ prime ′ degree ° angle ∠ triangle △ top ⊤ bot ⊥ ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ dagger † checkmark ✓
    langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ lbrace { rbrace }
    """
)
"""Those that stand as close to their neighbours as a letter does."""

OPERATORS = _pairs(
    """
    times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ odot ⊙ setminus ∖ backslash ∖
    leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ ll ≪ gg ≫ lt < gt > approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅
    propto ∝ coloneqq ≔ doteq ≐ prec ≺ succ ≻ bmod mod mod mod
    in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ land ∧ wedge ∧ lor ∨ vee ∨ mid | parallel ∥
    perp ⊥ vdash ⊢ models ⊨ therefore ∴ because ∵
    to → rightarrow → longrightarrow ⟶ leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔
    implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ uparrow ↑ downarrow ↓ rightleftharpoons ⇌ longmapsto ⟼ hookrightarrow ↪
    """
)
"""Those that have a space on either side."""

BIG = _pairs("sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂")
"""Those that carry bounds below and above."""

WORDS = _words(
    """
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg exp lim limsup liminf max min sup inf arg
    argmax argmin det dim ker deg gcd lcm hom Pr
    """
)
"""Those that are words, and may carry bounds too."""

MATRICES = _pairs("matrix () pmatrix () bmatrix [] Bmatrix {} vmatrix || Vmatrix ‖‖ array () smallmatrix ()")
"""The environments that are drawn on one line, and what stands around each."""

STYLES = _words(
    """
    displaystyle textstyle scriptstyle limits nolimits left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl
    biggr nonumber notag mathstrut
    """
)
"""Those that change only how something looks."""

TEXTS = _words("text textbf textit textrm texttt textsf textnormal mbox hbox")
FONTS = _words("mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak boldsymbol bm operatorname boxed underline")
"""Those that show what they enclose: as it is written, or as the rest of a formula."""

FRACTIONS = _words("frac dfrac tfrac cfrac")

ACCENTS = {
    "vec": "\u20d7",
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0305",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "dot": "\u0307",
    "ddot": "\u0308",
}
"""Those that stand above what they enclose: the combining mark behind each character."""

DOUBLE_STRUCK = str.maketrans("CEFHNPQRZ", "ℂ𝔼𝔽ℍℕℙℚℝℤ")

RAISED = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ′∗†⊤",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡ′∗†ᵀ",
)
LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
"""The characters that Unicode has above and below the line; of the Latin letters there are all but a few."""
