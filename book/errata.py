"""The errata: what is often said of optimization, and what is true.

One table for the page of errata, for the chapters that link to it, and for the tests. The
sentences under `claim` are ours: they say what many texts say, and quote none. Entries R come from
lecture notes, entries N from notebooks and programs. Text is Markdown, with TeX between dollars.
"""

from dataclasses import dataclass

SEVERITIES = {
    "wrong": "wrong",
    "condition": "a condition is missing",
    "ambiguous": "texts disagree",
    "misprint": "misprint",
}

CHAPTERS = {
    "setup": "Chapter 0: setting up",
    "gradients": "Chapter 1: gradients",
    "descent": "Chapter 2: gradient descent",
    "sgd": "Chapter 3: minibatches",
    "momentum": "Chapter 4: momentum",
    "adaptive": "Chapter 5: adaptive methods",
    "second-order": "Chapter 6: second order",
    "landscape": "Chapter 7: landscapes",
    "lab": "The lab: convex problems",
}


@dataclass(frozen=True)
class Erratum:
    """One entry.

    Parameters
    ----------
    id : str
        R1, R2, ... or N1, N2, ...
    severity : str
        A key of `SEVERITIES`.
    chapter : str
        A key of `CHAPTERS`.
    claim : str
        What is often said, in our words.
    correct : str
        What is true.
    why : str
        The reason, in a sentence or two.
    demonstration : str
        The name of a claim in `book.claims` that runs it; empty if there is nothing to run.
    digits : int
        How many digits of the measurement to show.
    nothing_to_run : str
        Why there is nothing to run.
    """

    id: str
    severity: str
    chapter: str
    claim: str
    correct: str
    why: str
    demonstration: str = ""
    digits: int = 4
    nothing_to_run: str = ""


ERRATA = (
    # Chapter 0
    Erratum(
        "R7", "wrong", "setup",
        claim="The loss of a classifier is the mean of log p over the examples.",
        correct=r"$f = -\frac1N\sum_i \log p_\theta(y_i \mid x_i)$, with a minus sign. Whether it "
        r"is a sum or a mean must be said too.",
        why=r"Without the minus sign descent makes the right answers less likely. With a sum "
        r"instead of a mean, gradients are $N$ times as large, and $\alpha$ must be $N$ times "
        r"smaller.",
        demonstration="sgd.sign_and_sum",
    ),
    Erratum(
        "R51", "wrong", "setup",
        claim="With Gaussian errors the cross-entropy is the mean squared error.",
        correct=r"The negative log-likelihood is $\mathrm{MSE}/(2\sigma^2)$ plus a constant: the "
        r"same minimizer, another scale.",
        why=r"$-\log p(y \mid x)$ is $(y - \hat y)^2/(2\sigma^2)$ plus "
        r"$\tfrac12\log(2\pi\sigma^2)$. The factor $1/(2\sigma^2)$ multiplies every gradient, so "
        r"the same $\alpha$ is another step.",
        demonstration="setup.gaussian_likelihood",
    ),
    Erratum(
        "R55", "misprint", "setup",
        claim="Words with two letters exchanged, and a brace that nothing opened.",
        correct="*Deep* learning, *plateau*; and a subscript $B$ needs no brace.",
        why="They change no statement. We list them so that nobody looks for a meaning.",
        nothing_to_run="Spelling.",
    ),
    # Chapter 1
    Erratum(
        "R1", "wrong", "gradients",
        claim="The direction of steepest descent is tangent to the contour.",
        correct="It is orthogonal to the contour.",
        why=r"Along a tangent $t$ of the level set the loss stands still to first order, "
        r"$\frac{d}{ds} f(\theta + st)\big|_{s=0} = \nabla f\cdot t = 0$.",
        demonstration="errata.tangent_and_gradient",
    ),
    Erratum(
        "R2", "ambiguous", "gradients",
        claim="The gradient is the direction of steepest descent.",
        correct=r"$\nabla f$ points up most steeply, $-\nabla f$ down, and both only where length "
        r"is Euclidean. In the maximum norm the steepest descent is $-\operatorname{sign}"
        r"\nabla f$, in the norm of the Hessian it is Newton's direction.",
        why=r"$\max_{\lVert u\rVert = 1}\nabla f\cdot u$ is the dual norm of the gradient. For the "
        r"Euclidean norm Cauchy–Schwarz gives $u = \nabla f/\lVert\nabla f\rVert$.",
        demonstration="errata.steepest_in_three_norms",
    ),
    Erratum(
        "R31", "misprint", "gradients",
        claim="The centered difference, with h going to zero, has an error of order h².",
        correct=r"With the limit it is exact. For a finite $h$ the error is $h^2 f'''/6 + O(h^4)$.",
        why=r"Subtract the Taylor series of $f(x - h)$ from that of $f(x + h)$: even terms cancel, "
        r"and $\frac{f(x+h) - f(x-h)}{2h} = f' + \frac{h^2}{6} f''' + O(h^4)$.",
        demonstration="errata.order_of_the_centered_difference",
    ),
    Erratum(
        "R32", "ambiguous", "gradients",
        claim="Take a very small h, such as 1e-5, for a numerical gradient.",
        correct=r"For the centered difference in double precision, yes. The forward one wants "
        r"about $10^{-8}$, and in single precision the centered one wants about $10^{-2}$.",
        why=r"Rounding costs $\varepsilon\lvert f\rvert/h$, truncation $h\lvert f''\rvert/2$ "
        r"forward and $h^2\lvert f'''\rvert/6$ centered. The sum is smallest near "
        r"$h = \sqrt\varepsilon$ and $h = \varepsilon^{1/3}$.",
        demonstration="errata.best_difference_step",
    ),
    Erratum(
        "R33", "condition", "gradients",
        claim="A numerical gradient of 30,730 parameters takes 30,731 evaluations of the loss.",
        correct=r"The forward one takes $n + 1 = 30{,}731$, the centered one $2n = 61{,}460$.",
        why=r"One coordinate costs one or two evaluations. Each evaluation of a linear model is "
        r"itself $O(n)$ an example, so the whole gradient costs $O(n^2)$ an example, not $O(n)$.",
        demonstration="errata.evaluations_of_a_numerical_gradient",
    ),
    Erratum(
        "R34", "condition", "gradients",
        claim="At a kink there is no gradient, but a subgradient still exists.",
        correct="So it is for convex functions, such as the hinge loss. A ReLU network is not "
        "convex: software returns one element of a generalized derivative there, and a centered "
        "difference returns the mean of two slopes.",
        why=r"A subgradient $g$ satisfies $f(y) \ge f(x) + g\cdot(y - x)$ for all $y$. For "
        r"$\lvert x\rvert$ at $0$ every $g$ in $[-1, 1]$ does, for $-\lvert x\rvert$ none does.",
        demonstration="errata.slopes_at_a_kink",
    ),
    Erratum(
        "R53", "condition", "gradients",
        claim="A gradient check tells whether a gradient is right.",
        correct="In double precision, at a point without a kink nearby, for a function that "
        "returns the same number twice. Otherwise right gradients fail.",
        why=r"The difference is divided by $2h$, and so is whatever disturbs it: rounding "
        r"($\varepsilon/h$), dropout drawn anew, a kink between $x - h$ and $x + h$.",
        demonstration="errata.gradient_check_conditions",
    ),
    Erratum(
        "R57", "condition", "gradients",
        claim="Following the negative gradient leads toward the minimum.",
        correct=r"It leads down. On a quadratic of condition number $\kappa$ its angle with the "
        r"way to the minimum reaches $\arccos\frac{2\sqrt\kappa}{1+\kappa}$, nearly a right angle.",
        why=r"With the error $e$ and the Hessian $A$ the cosine is $\frac{e^\top A e}"
        r"{\lVert e\rVert\,\lVert Ae\rVert}$, and Kantorovich's inequality bounds it from below.",
        demonstration="descent.worst_angle",
    ),
    Erratum(
        "N14", "wrong", "gradients",
        claim="A gradient of Dixon and Price's function without one factor of two.",
        correct=r"For $f = (x - 1)^2 + 2(2y^2 - x)^2$ the derivative is "
        r"$\partial f/\partial y = 16y\,(2y^2 - x)$.",
        why=r"The square gives $2\cdot2(2y^2 - x)$, the inner derivative $4y$. A lost factor two "
        r"shows as $\lvert a - b\rvert/(\lvert a\rvert + \lvert b\rvert) = \tfrac13$, which any "
        r"gradient check sees.",
        demonstration="notebooks.lost_factor_two",
    ),
    Erratum(
        "N15", "wrong", "gradients",
        claim="A gradient of McCormick's function that was copied from another function.",
        correct=r"For $f = \sin(x + y) + (x - y)^2$ $-\,1.5x + 2.5y + 1$ it has the entries "
        r"$\cos(x + y) + 2(x - y) - 1.5$ and $\cos(x + y) - 2(x - y) + 2.5$.",
        why="A copy still points somewhere, so the path on the screen looks reasonable. Compare "
        "with differences of the function that is drawn.",
        demonstration="notebooks.gradient_of_another_function",
    ),
    Erratum(
        "N16", "wrong", "gradients",
        claim="A test named after Himmelblau's function that evaluates Booth's.",
        correct=r"Himmelblau's function is $(x^2 + y - 11)^2 + (x + y^2 - 7)^2$ and is zero at "
        r"$(3, 2)$. Booth's is $(x + 2y - 7)^2 + (2x + y - 5)^2$ and is zero at $(1, 3)$.",
        why="The test passes and says nothing about the function it names. One known value of "
        "each function tells them apart.",
        demonstration="notebooks.booth_is_not_himmelblau",
    ),
    Erratum(
        "N17", "wrong", "gradients",
        claim="A numerical gradient with h = 1e-12 is more exact than one with 1e-6.",
        correct=r"It is about a million times less exact: near $10^{-4}$ instead of $10^{-10}$.",
        why=r"So far below $\varepsilon^{1/3} \approx 6\cdot10^{-6}$ only rounding counts, and "
        r"rounding costs $\varepsilon\lvert f\rvert/h$.",
        demonstration="notebooks.too_small_a_step",
    ),
    # Chapter 2
    Erratum(
        "R11", "wrong", "descent",
        claim="A convex function has one optimum, a non-convex one has one or more.",
        correct="Every local minimum of a convex function is global. There may be one minimizer, "
        "many, or none. Strictly convex means at most one. Not convex promises nothing.",
        why=r"$\lVert Ax - b\rVert^2$ with dependent columns has a whole subspace of minimizers, "
        r"$e^x$ has none, and neither has logistic regression on separable data.",
        demonstration="descent.minimizers_of_convex_functions",
    ),
    Erratum(
        "R12", "condition", "descent",
        claim="A function is convex if its chords lie above its graph.",
        correct="On or above, for every two points, and the domain must be convex too.",
        why=r"$f(tx + (1-t)y) \le t f(x) + (1-t) f(y)$ is an equality for linear functions. With a "
        r"strict sign, for $x \ne y$ and $0 < t < 1$, it defines *strictly* convex.",
        demonstration="errata.chords",
    ),
    Erratum(
        "R13", "condition", "descent",
        claim="Gradient descent eventually finds the optimum of a convex function.",
        correct=r"If there is one, and if $0 < \alpha < 2/L$ where the gradient is $L$-Lipschitz. "
        r"Beyond $2/L$ it diverges even on a quadratic.",
        why=r"The steepest mode is multiplied by $1 - \alpha L$ at each step, which is below $-1$ "
        r"for $\alpha > 2/L$.",
        demonstration="descent.three_regimes",
    ),
    Erratum(
        "R54", "condition", "descent",
        claim="Gradient descent takes time O(n).",
        correct=r"One *update* takes $O(n)$ for $n$ parameters. The gradient that it needs takes a "
        r"small multiple of the loss itself, once for each of the $N$ examples, or of the $B$ in "
        r"a batch.",
        why="Backpropagation visits every operation of the forward pass a bounded number of times, "
        "and the loss is a mean over examples.",
        demonstration="errata.examples_in_an_update",
    ),
    Erratum(
        "R56", "condition", "descent",
        claim="A low learning rate converges to a worse value, or gets stuck on a plateau.",
        correct=r"On the same path it is later, not worse: the time on a plateau grows like "
        r"$1/\alpha$. But where there are many minima, the rate also selects: one sharper than "
        r"$2/\alpha$ is unstable, so a large $\alpha$ cannot stay there.",
        why=r"Small steps follow the flow $\dot\theta = -\nabla f$, whose time is $\alpha k$. "
        r"Around a minimum with largest curvature $\lambda$ a step multiplies the error by "
        r"$1 - \alpha\lambda$.",
        demonstration="errata.curvature_of_the_minimum",
    ),
    Erratum(
        "N9", "condition", "descent",
        claim="Least squares is a sum of squares; its mean is used in the next line.",
        correct=r"With $N$ rows, $\frac1{2N}\lVert Ax - b\rVert^2$ and "
        r"$\frac12\lVert Ax - b\rVert^2$ have the same minimizer, but the second has $N$ times the "
        r"curvature. Keep the $1/N$, or drop it, throughout.",
        why=r"$2/L$ is $N$ times smaller for the sum. A learning rate that suits the mean makes "
        r"the sum diverge.",
        demonstration="notebooks.sum_or_mean",
    ),
    # Chapter 3
    Erratum(
        "R8", "misprint", "sgd",
        claim="The minibatch gradient is the mean over the examples i = 1, …, B.",
        correct=r"Draw the indices $i_1, \dots, i_B$ at random: "
        r"$\hat g = -\frac1B\sum_{j=1}^B \nabla\log p_\theta(y_{i_j} \mid x_{i_j})$.",
        why="Without the second index the formula takes the first rows of the data at every step, "
        "and fits these alone.",
        demonstration="errata.rows_of_a_minibatch",
    ),
    Erratum(
        "R41", "condition", "sgd",
        claim="Multiply the batch size by c, and multiply the learning rate by c.",
        correct=r"Only while noise dominates and $c\,\alpha$ stays well below $2/L$.",
        why=r"$c$ small steps, or one of $c\,\alpha$, move the mean alike if the gradient hardly "
        r"changes between them. The noise adds up alike too: $c$ times $\alpha^2/B$, or "
        r"$(c\,\alpha)^2/(cB)$. Curvature knows nothing of $B$. For Adam the usual rule is "
        r"$\sqrt c$.",
        demonstration="sgd.scaling_rule",
    ),
    Erratum(
        "R42", "ambiguous", "sgd",
        claim="Take the largest batch that fits into memory.",
        correct=r"A larger batch costs in proportion to $B$ and lowers the variance like $1/B$. "
        r"Beyond the critical batch size the extra examples buy almost nothing. And if $B$ "
        r"changes, $\alpha$ should.",
        why=r"On a mode $\lambda$ with gradient noise $s^2$ the iterates settle at a mean square "
        r"of $\frac{\alpha s^2}{B\lambda(2 - \alpha\lambda)}$: ten times the batch, or a tenth of "
        r"the learning rate, gives nearly the same floor.",
        demonstration="sgd.floor",
    ),
    Erratum(
        "R43", "ambiguous", "sgd",
        claim="Batch sizes that are powers of two are faster.",
        correct="That depends on the machine and its kernels. The step from one example to a "
        "hundred at a time matters on any machine; the step from 63 to 64 need not.",
        why="Nothing in the mathematics knows powers of two. Vectorized products pay a fixed price "
        "for each call, which a batch shares.",
        demonstration="sgd.clock",
    ),
    Erratum(
        "R44", "condition", "sgd",
        claim="A minibatch gradient is a good approximation of the full one.",
        correct=r"It is right on average, with the variance "
        r"$\frac{s^2}{B}\frac{N - B}{N - 1}$ without replacement. That is good far from the "
        r"minimum, and poor near it, where the full gradient vanishes and $s$ does not.",
        why="Every example is in the same share of all batches, so the mean over batches is the "
        "mean over examples. The variance formula is exact, by counting pairs.",
        demonstration="sgd.every_minibatch",
    ),
    Erratum(
        "R45", "ambiguous", "sgd",
        claim="Shuffling the data once is as good as drawing examples at random.",
        correct="At a constant learning rate the three orders settle at different distances: "
        "drawing with replacement at the largest, shuffling once at a smaller one, and, for small "
        "rates, a new shuffle in each epoch at the smallest.",
        why="In a sweep every example appears once, so much of the noise cancels within the "
        "epoch. A fixed order repeats what does not cancel; a new one averages it.",
        demonstration="sgd.sampling_order",
    ),
    Erratum(
        "R46", "condition", "sgd",
        claim="A learning-rate schedule belongs to the approximation that SGD makes.",
        correct=r"It is a separate requirement. A constant $\alpha$ ends on a floor of noise. "
        r"Under standard assumptions $\sum\alpha_k = \infty$ with $\sum\alpha_k^2 < \infty$ is "
        r"enough to reach the minimum.",
        why=r"The first sum lets the run reach any point, the second keeps the total noise "
        r"finite. On $\tfrac12\theta^2$ with noise of variance 1 the step $1/k$ gives a mean "
        r"square of exactly $1/k$.",
        demonstration="sgd.equal_budget",
    ),
    Erratum(
        "R52", "ambiguous", "sgd",
        claim="SGD also means gradient descent on the whole batch.",
        correct="In common speech SGD means minibatches, and strictly one example. With all "
        "examples at once nothing is random.",
        why=r"The factor $\frac{N - B}{N - 1}$ of the variance is zero at $B = N$.",
        demonstration="errata.full_batch_has_no_noise",
    ),
    # Chapter 4
    Erratum(
        "R3", "wrong", "momentum",
        claim="The velocity adds the loss to μ times its old value.",
        correct=r"It adds the *gradient*: $v_k = \mu v_{k-1} + \nabla f(\theta_k)$.",
        why="A number cannot be added to a direction. Software may do it all the same, by adding "
        "it to every entry, and in one dimension it runs to where the loss is zero.",
        demonstration="momentum.loss_for_gradient",
    ),
    Erratum(
        "R23", "condition", "momentum",
        claim="Momentum comes with few guarantees, but brings the benefits of Newton's method.",
        correct=r"On quadratics the heavy ball has the rate $\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$. "
        r"On other strongly convex functions it may cycle forever with the same parameters. "
        r"Nesterov's method keeps $1 - 1/\sqrt\kappa$ for the loss on all of them.",
        why=r"Momentum turns $\kappa$ into $\sqrt\kappa$. Newton's method removes $\kappa$, which "
        r"is another matter.",
        demonstration="momentum.heavy_ball_cycles",
    ),
    Erratum(
        "R24", "wrong", "momentum",
        claim="Nesterov's method is more stable than the heavy ball.",
        correct=r"It is better damped where it is stable, and stable on a *smaller* range: "
        r"$\alpha\lambda < \frac{2 + 2\mu}{1 + 2\mu}$ instead of $\alpha\lambda < 2(1 + \mu)$.",
        why=r"The roots of $z^2 = pz + q$ leave the unit disk at $z = -1$, where $1 + p = q$. Put "
        r"in $p = 1 + \mu - \alpha\lambda$, $q = -\mu$ for the heavy ball, and "
        r"$p = (1-\alpha\lambda)(1+\mu)$, $q = -(1-\alpha\lambda)\mu$ for Nesterov.",
        demonstration="momentum.stability_limits",
    ),
    Erratum(
        "R25", "ambiguous", "momentum",
        claim="The momentum coefficient μ acts as friction.",
        correct=r"The friction is $1 - \mu$. At $\mu = 1$ there is none.",
        why=r"Along a mode $x_{k+1} = p x_k - \mu x_{k-1}$, and each step multiplies the energy "
        r"$x_k^2 - p x_k x_{k-1} + \mu x_{k-1}^2$ by $\mu$, exactly.",
        demonstration="momentum.friction",
    ),
    Erratum(
        "R26", "ambiguous", "momentum",
        claim="The velocity is a running mean of gradients.",
        correct=r"$v \leftarrow \mu v + g$ is a *sum* whose weights add up to $1/(1-\mu)$. Only "
        r"$v \leftarrow \mu v + (1-\mu)g$ is a mean.",
        why=r"Under a constant gradient the sum tends to $g/(1-\mu)$: ten times the step at "
        r"$\mu = 0.9$, a hundred times at $0.99$. Going from the mean to the sum with the same "
        r"$\alpha$ makes the steps as many times longer.",
        demonstration="errata.speed_under_a_constant_gradient",
    ),
    Erratum(
        "R27", "condition", "momentum",
        claim="All forms of momentum visit the same points.",
        correct=r"If $\alpha$ is constant, the velocity starts at zero, and $\alpha$ is converted "
        r"(the mean form needs $\alpha/(1-\mu)$). When $\alpha$ changes on the way, forms whose "
        r"velocity holds steps part from those whose velocity holds gradients.",
        why=r"In $v \leftarrow \mu v - \alpha_k g$ old gradients keep their old learning rate; in "
        r"$\theta \leftarrow \theta - \alpha_k v$ they get the new one.",
        demonstration="momentum.schedule_splits",
    ),
    Erratum(
        "R28", "ambiguous", "momentum",
        claim="Momentum is written with four different signs and scales.",
        correct=r"They are one method each for heavy ball and Nesterov, which the recurrence "
        r"$x_{k+1} = p x_k + q x_{k-1}$ on $\tfrac12\lambda x^2$ identifies. We write "
        r"$v \leftarrow \mu v - \alpha g$, $\theta \leftarrow \theta + v$.",
        why=r"Eliminate the velocity. Heavy ball: $p = 1 + \mu - \alpha\lambda$, $q = -\mu$. "
        r"Nesterov: $p = (1 - \alpha\lambda)(1 + \mu)$, $q = -(1 - \alpha\lambda)\mu$.",
        demonstration="conventions.fingerprints",
    ),
    Erratum(
        "R58", "condition", "momentum",
        claim="Nesterov's momentum is consistently a little better in practice.",
        correct="Not as a rule. With the same numbers it is a little faster here; with each method "
        "at its best, the heavy ball is faster on quadratics. Compare on your problem, both tuned.",
        why=r"On a quadratic the best rate of the heavy ball is "
        r"$\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$, that of Nesterov's method "
        r"$1 - \frac{2}{\sqrt{3\kappa+1}}$, which is nearer to 1.",
        demonstration="momentum.nesterov_or_heavy_ball",
    ),
    # Chapter 5
    Erratum(
        "R4", "wrong", "adaptive",
        claim="The scaled gradient is the gradient of f/√s.",
        correct=r"It is $\nabla f/(\sqrt s + \varepsilon)$. In one step $s$ is a number; nothing "
        r"of it is differentiated.",
        why=r"If $s$ moved with $\theta$, the product rule would add $f\,\nabla s^{-1/2}$, which "
        r"depends on the value of the loss: a constant added to $f$ could turn the step around.",
        demonstration="errata.scale_is_no_variable",
    ),
    Erratum(
        "R16", "ambiguous", "adaptive",
        claim="Without bias correction the first step of Adam is gigantic; or tiny; or divided by "
        "nearly zero.",
        correct=r"Too long, by a factor of $\sqrt{10} \approx 3.16$ at first, at most $6.57$ (step "
        r"12), and still above $1.1$ until step 1751 ($\beta_1 = 0.9$, $\beta_2 = 0.999$).",
        why=r"Numerator and denominator are both too small. Under a constant gradient the step is "
        r"$\frac{1 - \beta_1^t}{\sqrt{1 - \beta_2^t}}$ times the corrected one. Who looks at the "
        r"mean alone sees $0.1$, who looks at the square alone sees $31.6$.",
        demonstration="errata.uncorrected_adam",
    ),
    Erratum(
        "R17", "wrong", "adaptive",
        claim="At the second step the corrected mean is (1 − β₁) g / (1 − β₁²).",
        correct=r"$\hat m_2 = \frac{\beta_1(1-\beta_1)g_1 + (1-\beta_1)g_2}{1-\beta_1^2}$.",
        why=r"The first gradient is still there, with the weight $\beta_1(1-\beta_1)$. The two "
        r"weights add up to $1 - \beta_1^2$, which is what the correction divides by.",
        demonstration="errata.two_steps_of_adam",
    ),
    Erratum(
        "R18", "condition", "adaptive",
        claim="The v of Adam is the variance of the gradient.",
        correct=r"It is the mean of squares, $E[g^2] = \operatorname{Var} g + (E g)^2$. It equals "
        r"the variance only where the mean is zero.",
        why="Nothing is subtracted before squaring. A constant gradient has variance zero and a "
        "mean square that is not.",
        demonstration="errata.second_moment",
    ),
    Erratum(
        "R19", "wrong", "adaptive",
        claim="The running mean of squares s is the new direction.",
        correct=r"It is a scale for each coordinate. The direction is $g/(\sqrt s + \varepsilon)$.",
        why=r"$s \ge 0$ has lost the signs. A step along $-s$ lowers every coordinate, whichever "
        r"way is down.",
        demonstration="errata.scale_is_no_direction",
    ),
    Erratum(
        "R20", "wrong", "adaptive",
        claim="AdaGrad improves on RMSProp and has more guarantees.",
        correct="AdaGrad (2011) came first, and has a regret bound. RMSProp (2012) forgets old "
        "squares, which often works better on networks, and loses the bound.",
        why=r"With a domain of width $D$, AdaGrad's regret in one coordinate is at most "
        r"$\bigl(\frac{D^2}{2\alpha} + \alpha\bigr)\sqrt{\sum g_k^2}$. A mean that forgets lets "
        r"the rare large gradients of a stream count too little, and the run goes the wrong way.",
        demonstration="errata.regret_of_adaptive_methods",
    ),
    Erratum(
        "R21", "wrong", "adaptive",
        claim="AdaGrad divides the gradient by s.",
        correct=r"It divides by the root, $\sqrt s + \varepsilon$.",
        why=r"$s$ has the unit of a squared gradient. $g/\sqrt s$ has none, so the step does not "
        r"depend on the scale of the loss; $g/s$ shrinks as the loss grows.",
        demonstration="errata.root_or_no_root",
    ),
    Erratum(
        "R29", "ambiguous", "adaptive",
        claim="ε is 1e-7 or 1e-8; where it stands does not matter.",
        correct=r"Under the root the smallest denominator is $\sqrt\varepsilon$, outside it is "
        r"$\varepsilon$: for $10^{-7}$ that is $3\cdot10^{-4}$ or $10^{-7}$. Every exercise here "
        r"says which.",
        why=r"$\frac{g}{\sqrt{g^2 + \varepsilon}}$ is about $g/\sqrt\varepsilon$ for small $g$, "
        r"and $\frac{g}{\lvert g\rvert + \varepsilon}$ is still about $\pm1$ as long as "
        r"$\lvert g\rvert \gg \varepsilon$.",
        demonstration="conventions.epsilon_places",
    ),
    Erratum(
        "R30", "condition", "adaptive",
        claim="AdaGrad's ε is 1e-7; or 1e-8; or 1e-10.",
        correct=r"There is no canonical value. It matters only where $\sqrt s$ is not much larger "
        r"than $\varepsilon$.",
        why=r"The step is $\frac{g}{\sqrt s + \varepsilon}$; for "
        r"$\sqrt s \gg \varepsilon$ it changes by the fraction $\varepsilon/\sqrt s$.",
        demonstration="errata.size_of_epsilon",
    ),
    Erratum(
        "R40", "wrong", "adaptive",
        claim="Adam applies weight decay to x before the gradient, AdamW to x after the moments.",
        correct=r"With L2, $\lambda\theta$ is added to the *gradient*, and goes through both "
        r"means. AdamW shrinks the parameters beside them, "
        r"$\theta \leftarrow \theta - \alpha\lambda\theta$.",
        why=r"What goes through the means is divided by its own size. Without data gradients "
        r"AdamW gives $(1 - \alpha\lambda)^t\theta_0$, and Adam with L2 moves by about $\alpha$ a "
        r"step, whatever $\lambda$.",
        demonstration="errata.two_kinds_of_decay",
    ),
    Erratum(
        "R48", "wrong", "adaptive",
        claim="β₁ is smaller than β₂ because the direction should not change quickly.",
        correct=r"A smaller $\beta$ is a shorter memory, about $1/(1-\beta)$ steps. So the "
        r"direction may turn within ten steps, and the scale keeps for a thousand.",
        why=r"A mean that has settled on $1$ and now sees $-1$ is $2\beta^t - 1$ after $t$ steps: "
        r"it turns at $t = \log 2/\log(1/\beta)$.",
        demonstration="errata.memory_of_a_mean",
    ),
    Erratum(
        "R49", "condition", "adaptive",
        claim="Only the sign of a gradient matters, not its size.",
        correct="Adaptive methods remove the scale of each *coordinate*. What they do depends on "
        "the axes: turn them, and the run changes. Gradient descent does not notice.",
        why=r"$g \mapsto g/\sqrt{s}$, entry by entry, does not commute with a rotation "
        r"$g \mapsto Qg$; $g \mapsto \alpha g$ does.",
        demonstration="errata.turned_axes",
    ),
    Erratum(
        "R50", "ambiguous", "adaptive",
        claim="With Adam the learning rate need not decay.",
        correct=r"Texts disagree. Where the gradient does not fade, at a kink or under noise, a "
        r"constant $\alpha$ keeps Adam at a distance that shrinks only with $\alpha$.",
        why=r"The division makes up for small gradients. On $\lvert x\rvert$ only the sign is "
        r"left, and the whole path scales with $\alpha$.",
        demonstration="errata.floor_of_adam",
    ),
    Erratum(
        "R59", "condition", "adaptive",
        claim="ε prevents a division by zero where the mean of squares is zero.",
        correct=r"It does, and there the mean of gradients is zero too, so the step is "
        r"$0/\varepsilon = 0$. What $\varepsilon$ really decides is how far coordinates with tiny "
        r"gradients move.",
        why=r"Under a constant gradient the step is $\alpha\frac{g}{\lvert g\rvert+\varepsilon}$: "
        r"close to $\alpha$ for $\lvert g\rvert \gg \varepsilon$, close to $\alpha g/\varepsilon$ "
        r"below. Border pixels of digits have $g = 0$ throughout.",
        demonstration="errata.role_of_epsilon",
    ),
    Erratum(
        "N12", "wrong", "adaptive",
        claim="An Adam whose ε is added to the fraction, not to the denominator.",
        correct=r"$\hat m/(\sqrt{\hat v} + \varepsilon)$ needs its parentheses. In code "
        r"`m / sqrt(v) + eps` is another number.",
        why=r"The division comes first, so a gradient of $10^{-12}$ takes a full step, a zero "
        r"gradient gives $0/0$, and $\varepsilon$ pushes every coordinate the same way.",
        demonstration="notebooks.epsilon_by_precedence",
    ),
    Erratum(
        "N13", "wrong", "adaptive",
        claim="An Adam whose step counter is never advanced.",
        correct=r"$t$ grows by one with each update: $\hat m = m/(1-\beta_1^t)$, "
        r"$\hat v = v/(1-\beta_2^t)$.",
        why=r"With $t = 1$ forever the step is $\frac{\sqrt{1-\beta_2}}{1-\beta_1}\cdot"
        r"\frac{1-\beta_1^t}{\sqrt{1-\beta_2^t}}$ times the right one: too long at first, and "
        r"$0.316$ times in the end. The first step is right, so a test of one step passes.",
        demonstration="notebooks.counter_that_stands_still",
    ),
    # Chapter 6
    Erratum(
        "R5", "wrong", "second-order",
        claim="The second-order model of f is f′(x₀)(x − x₀) + ½ f″(x₀)(x − x₀)².",
        correct=r"It begins with $f(x_0)$.",
        why=r"The constant does not move the minimum of the model. But without it the error is "
        r"$f(x_0)$ and does not shrink; with it the error is of order $(x - x_0)^3$.",
        demonstration="errata.constant_of_the_taylor_model",
    ),
    Erratum(
        "R6", "misprint", "second-order",
        claim="A Newton step printed with a lost bracket and a lost index.",
        correct=r"$\theta_1 = \theta_0 - [\nabla^2 f(\theta_0)]^{-1}\,\nabla f(\theta_0)$: both "
        r"derivatives at the same point.",
        why=r"The model's gradient $\nabla f(\theta_0) + \nabla^2 f(\theta_0)(\theta - \theta_0)$ "
        r"is zero there. On a quadratic the model is the function, and one step is enough.",
        demonstration="errata.one_newton_step",
    ),
    Erratum(
        "R22", "ambiguous", "second-order",
        claim="A Newton step costs O(n²); inverting the Hessian costs O(n) times a gradient.",
        correct=r"The Hessian takes $O(n^2)$ memory, and $n$ products $He_i$ to form. Solving with "
        r"it takes $n^3/3$ operations by Cholesky. The inverse is never formed, and Newton-CG "
        r"needs only a few products $Hv$.",
        why=r"A product $Hv$ costs about two gradients, and column $i$ of $H$ is $He_i$. The "
        r"factorization has three nested loops.",
        demonstration="errata.costs_of_curvature",
    ),
    Erratum(
        "R35", "condition", "second-order",
        claim="Newton's method needs no learning rate, and takes longer steps where it is flat.",
        correct="Near a minimum with a positive definite Hessian. Elsewhere full steps may "
        "diverge, or climb to a saddle or a maximum. Practice adds a line search and a safeguard.",
        why=r"On $\sqrt{1 + x^2}$ a step takes $x$ to $-x^3$: from $0.9$ it converges, from $1$ "
        r"it flips forever, from $1.1$ it explodes. On $\cos x$ it takes $0.5$ to the maximum.",
        demonstration="errata.full_newton_steps",
    ),
    Erratum(
        "R36", "condition", "second-order",
        claim="A Newton step goes to the minimum of the quadratic model.",
        correct=r"It goes to the *critical point* of the model, a minimum only if $H \succ 0$.",
        why=r"The slope along the step is $-g^\top H^{-1} g$, which is positive where the "
        r"curvature along $H^{-1}g$ is negative: the step goes up.",
        demonstration="errata.newton_step_uphill",
    ),
    Erratum(
        "R37", "misprint", "second-order",
        claim="Names of methods and matrices with their letters exchanged.",
        correct="BFGS and L-BFGS, for Broyden, Fletcher, Goldfarb and Shanno; *Hessian*; *Newton*.",
        why="Four people, in alphabetical order. BFGS builds an approximation of the inverse "
        "Hessian; see R38.",
        nothing_to_run="Names.",
    ),
    Erratum(
        "R38", "wrong", "second-order",
        claim="L-BFGS approximates the Hessian.",
        correct=r"It applies an approximation of the *inverse* Hessian, made of the last few pairs "
        r"of steps $s$ and gradient changes $y$, without ever forming a matrix.",
        why=r"The matrix it stands for satisfies $H y = s$ for the newest pair; the Hessian of a "
        r"quadratic satisfies $A s = y$.",
        demonstration="errata.lbfgs_is_an_inverse",
    ),
    Erratum(
        "R39", "condition", "second-order",
        claim="Hessians are symmetric.",
        correct="Where the second partial derivatives are continuous.",
        why=r"For $f = xy\,\frac{x^2 - y^2}{x^2 + y^2}$, $f(0,0) = 0$, the derivative "
        r"$\partial f/\partial x$ is $-y$ on the $y$ axis and $\partial f/\partial y$ is $x$ on "
        r"the $x$ axis, so the mixed derivatives at $0$ are $-1$ and $+1$.",
        demonstration="errata.asymmetric_hessian",
    ),
    # Chapter 7
    Erratum(
        "R9", "wrong", "landscape",
        claim="The signs on the diagonal of the Hessian tell minimum, maximum and saddle.",
        correct="The signs of its *eigenvalues* do, at a critical point. With a zero eigenvalue "
        "and no two signs the test says nothing.",
        why=r"$\begin{pmatrix}1&2\\2&1\end{pmatrix}$ has eigenvalues $3$ and $-1$. And $x^4$, "
        r"$-x^4$, $x^3$ all have the second derivative $0$ at $0$.",
        demonstration="errata.eigenvalues_decide",
    ),
    Erratum(
        "R10", "ambiguous", "landscape",
        claim="Most critical points are saddles, because n signs rarely agree.",
        correct=r"Independent coins would give $2^{-n}$. For a random symmetric matrix the chance "
        r"of a minimum falls like $e^{-cn^2}$, much faster. And at a low loss the Hessian is no "
        r"such matrix: its spectrum is shifted up.",
        why=r"Eigenvalues of a random matrix repel each other, so they spread to both signs. For "
        r"$n = 2$ the chance is $(2 - \sqrt2)/4$, for $n = 3$ it is $(\pi - 2\sqrt2)/(4\pi)$. A "
        r"shift by a few standard deviations undoes it.",
        demonstration="errata.random_saddles",
    ),
    Erratum(
        "R14", "wrong", "landscape",
        claim="In a histogram of final losses, the height of a bar is the number of steps needed.",
        correct="It is the number of *runs* that ended at that loss.",
        why="The bars add up to the number of runs, however long these were. What the picture "
        "shows is that wider networks end at more similar losses.",
        demonstration="errata.histogram_of_final_losses",
    ),
    Erratum(
        "R15", "wrong", "landscape",
        claim="There are local optima where the derivative is zero at more than one point.",
        correct="A zero gradient makes a *critical point*. A local minimum is a point that no "
        "neighbor is below.",
        why=r"At $0$ the gradients of $x^3$, $x^4$ and the monkey saddle $x^3 - 3xy^2$ are all "
        r"zero. Only $x^4$ has a minimum there.",
        demonstration="errata.critical_points",
    ),
    Erratum(
        "R47", "condition", "landscape",
        claim="At a saddle the gradient is zero, so gradient descent gets stuck.",
        correct=r"Exactly at it, yes. From a distance of $10^{-k}$ it leaves in about "
        r"$k\ln 10/\ln(1 + \alpha\lambda)$ steps, where $-\lambda$ is the negative curvature.",
        why=r"Along the way down a step multiplies the distance by $1 + \alpha\lambda$. The number "
        r"of steps is a logarithm of the start, and noise provides one.",
        demonstration="errata.leaving_a_saddle",
    ),
    Erratum(
        "R60", "condition", "landscape",
        claim="A picture of the loss surface shows how smooth a network is.",
        correct="A slice along a random direction also shows how the weights are scaled, so "
        "pictures of two networks cannot be compared unless directions are normalized filter by "
        "filter. And contours in a plane need not show the loss along a path outside it.",
        why=r"In a ReLU network a layer times $c$ and the next divided by $c$ are the same "
        r"function. A raw direction is then longer or shorter beside the weights; a normalized "
        r"one is scaled with them. (With a factor of its own for each unit even that one changes.)",
        demonstration="errata.slices_and_scales",
    ),
    # The lab
    Erratum(
        "N1", "misprint", "lab",
        claim="A matrix of second differences with a row 1, −2, −1.",
        correct=r"Every row is $1, -2, 1$.",
        why="Second differences of a straight line are zero. With the misprint a line would be "
        "called rough.",
        demonstration="notebooks.second_differences",
    ),
    Erratum(
        "N2", "misprint", "lab",
        claim="A speed under friction is multiplied by 1 − γ in each time step.",
        correct=r"By $1 - \gamma\,\Delta t$.",
        why=r"$\dot v = -\gamma v$ gives $v(t + \Delta t) \approx (1 - \gamma\,\Delta t)\,v(t)$. "
        r"Without $\Delta t$ the result depends on how finely time is cut.",
        demonstration="notebooks.friction_in_small_steps",
    ),
    Erratum(
        "N3", "wrong", "lab",
        claim="A diet of minimal cost, 129.1396, from a solver.",
        correct=r"The minimum is $129.1667$ at $(62.5,\; 266.67)$. The cheaper answer is not "
        r"feasible: it misses a requirement by $0.04$.",
        why="A first-order solver stops within a tolerance of the constraints. An answer below "
        "the optimum is a sign of that; look at the constraints before you look at the cost.",
        demonstration="notebooks.cheapest_diet",
        digits=7,
    ),
    Erratum(
        "N4", "wrong", "lab",
        claim="The density of a portfolio's return, drawn with the variance as its width.",
        correct=r"Its width is the *standard deviation*, $\sqrt{w^\top\Sigma w}$.",
        why="A variance has the unit of a squared return. A width must hold 68 % of the returns "
        "within one of it.",
        demonstration="notebooks.width_of_a_density",
    ),
    Erratum(
        "N5", "wrong", "lab",
        claim="A cell states a second problem and solves the first one again.",
        correct="Solve the problem that was just stated, and check its answer with its own "
        "certificate.",
        why=r"The least risk under $\sum_i w_i = 1$ makes all entries of $\Sigma w$ equal. The "
        r"answer of another problem does not.",
        demonstration="notebooks.answer_of_another_problem",
    ),
    Erratum(
        "N6", "condition", "lab",
        claim="Residuals of a non-negative matrix factorization, to be reproduced.",
        correct="The problem is not convex. Residuals depend on the start, and on how exactly the "
        "halves are solved. What can be relied on: with exact halves they never rise.",
        why="With one factor fixed, the other is a convex least-squares problem, so each half can "
        "only lower the residual. The pair of both may end in different places.",
        demonstration="notebooks.starts_of_a_factorization",
    ),
    Erratum(
        "N7", "wrong", "lab",
        claim="Noise drawn from [0, 0.1] without a seed serves as zero-mean noise.",
        correct=r"Its mean is $0.05$: without an intercept the fit takes it for signal. And "
        r"without a seed no number of the notebook can be checked.",
        why=r"A uniform variable on $[0, c]$ has mean $c/2$ and standard deviation $c/\sqrt{12}$. "
        r"Subtract $c/2$.",
        demonstration="notebooks.uniform_noise",
    ),
    Erratum(
        "N8", "misprint", "lab",
        claim="A Huber penalty written as 2Mu − M² beyond M.",
        correct=r"$2M\lvert u\rvert - M^2$.",
        why=r"Without the absolute value the penalty jumps at $-M$ and rewards large negative "
        r"residuals without bound.",
        demonstration="notebooks.huber_on_the_left",
    ),
    Erratum(
        "N10", "wrong", "lab",
        claim="Ridge regression with a mean of squares is solved by (AᵀA + αI) x = Aᵀb.",
        correct=r"For $\frac1{2N}\lVert Ax-b\rVert^2 + \frac\alpha2\lVert x\rVert^2$ with $N$ rows "
        r"it is $(A^\top A + N\alpha I)\,x = A^\top b$.",
        why=r"The gradient is $\frac1N A^\top(Ax - b) + \alpha x$. Multiply by $N$.",
        demonstration="notebooks.ridge_in_closed_form",
    ),
    Erratum(
        "N11", "wrong", "lab",
        claim="x.all() == 0 tests whether a vector is zero.",
        correct="It tests whether *some* entry is zero. Write `not x.any()`.",
        why="`x.all()` is true if no entry is zero. One zero makes it false, and false equals 0, "
        "so the printed check cannot fail where it should.",
        demonstration="notebooks.zero_or_not",
    ),
    Erratum(
        "N18", "misprint", "lab",
        claim="A bound on the gradient of least squares that contains ‖AᵀAb‖.",
        correct=r"$\lVert\nabla f(x)\rVert = \lVert A^\top A x - A^\top b\rVert$ is at most "
        r"$\lVert A^\top A\rVert\,\lVert x\rVert + \lVert A^\top b\rVert$.",
        why=r"$A^\top\!A\,b$ has one factor $A$ too many; unless $A$ is square it is not even "
        r"defined.",
        demonstration="notebooks.one_factor_too_many",
    ),
)  # fmt: skip

BY_ID = {erratum.id: erratum for erratum in ERRATA}
