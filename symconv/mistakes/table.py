"""The known mistakes, one row each: the name, the sentence, and the formulas they lead to.

The first row that explains a claim wins, so the particular ones stand before the general ones.
"""

from __future__ import annotations

from symconv.mistakes import (
    factors,
    grouping,
    kernels,
    lengths,
    letters,
    masks,
    shifts,
    softmaxes,
    sums,
    wholes,
)
from symconv.mistakes.model import Mistake
from symconv.mistakes.operations import changing, of_results
from symconv.mistakes.overlaps import last_write_wins
from symconv.mistakes.written import (
    flipped_and_direct,
    gathers,
    is_flipped,
    kernel_size_in_index,
    not_flipped,
    one_flip,
    plain_flip,
    scatters,
    turned_kernel,
    where,
    where_written,
)

SINGLE: tuple[Mistake, ...] = (
    Mistake(
        "index base",
        "indices count from 0 here: the sum over {index} starts at 0 and ends at {last}",
        sums.shifted_sums,
    ),
    Mistake("sign wrong", "everything has the wrong sign", factors.turned),
    Mistake(
        "mean forgotten",
        "the mean is forgotten: the sum is to be divided by {count}",
        factors.mean_forgotten,
    ),
    Mistake(
        "factor missing",
        "the factor {factor} is missing: a mean is divided by its count, and a square gives a 2",
        factors.mean_of_squares,
    ),
    Mistake(
        "mean over another count",
        "the mean is over {count} values, and is divided by {wrong}",
        factors.other_count,
    ),
    Mistake(
        "averaged over the batch",
        "the gradient is a sum over the batch, not an average: it is not divided by {count}",
        factors.averaged_over_batch,
    ),
    Mistake(
        "averaged, not summed",
        "this is averaged where it is summed: it is not divided by {count}",
        factors.averaged,
    ),
    Mistake(
        "multiplied by a count",
        "every term is already in the sum once: it is not multiplied by the count {count}",
        factors.counted,
    ),
    Mistake(
        "factor wrong",
        "the factor is wrong: everything is {factor} times what it should be",
        factors.wrong_factor,
    ),
    # cross-entropy
    Mistake(
        "softmax forgotten",
        "the softmax is forgotten: it is p - {target} with p = softmax({scores}), not "
        "{scores} - {target}",
        softmaxes.without_softmax,
    ),
    Mistake(
        "target forgotten",
        "the target is forgotten: {target} is taken off the probabilities",
        softmaxes.without_target,
    ),
    Mistake(
        "only the true class",
        "every score moves every probability: the sum over the other classes is forgotten, which "
        "makes p - {target} of -{target}(1 - p)",
        softmaxes.true_class_alone,
    ),
    Mistake(
        "target taken for 1",
        "1 is taken off at every class, where {target} belongs: it is 1 at the true class alone",
        softmaxes.one_for_target,
    ),
    Mistake(
        "derivative of the softmax twice",
        "the derivative of the softmax is in p - {target} already: the factor p(1 - p) is too many",
        softmaxes.derivative_twice,
    ),
    Mistake(
        "gradient of the probabilities",
        "this is the gradient of the probabilities: what goes back through the softmax is "
        "p - {target}",
        softmaxes.by_probabilities,
    ),
    # functions and pooling
    Mistake(
        "relu mask missing",
        "the mask {mask} of the relu is missing: nothing passes where the relu was 0",
        masks.relu_mask_missing,
    ),
    Mistake(
        "mask on the wrong tensor",
        "the mask is {mask}, not {instead}",
        masks.mask_on_other,
    ),
    Mistake(
        "function for its derivative",
        "relu stands where its derivative belongs, the mask {mask}",
        masks.relu_instead_of_mask,
    ),
    Mistake(
        "derivative forgotten",
        "the derivative of {function} {words}",
        masks.derivative_missing,
    ),
    Mistake(
        "derivative forgotten",
        "the derivative of {function} {words}",
        masks.derivative_skipped,
    ),
    Mistake(
        "function forgotten",
        "{inside} stands where {function}({inside}) belongs",
        masks.function_forgotten,
    ),
    Mistake(
        "all of the window for its maximum",
        "only the maximum of each window takes the gradient, not every position of it",
        masks.choice_missing,
    ),
    Mistake(
        "average for maximum",
        "this is the mean of each window, where its maximum is meant",
        masks.average_for_maximum,
    ),
    Mistake(
        "padding counted in the mean",
        "the mean divides by the wrong count at the edge: whether padding counts is the other way",
        masks.padding_counted_otherwise,
    ),
    Mistake(
        "factor too many",
        "the factor {factor} does not belong there: the derivative of a sum is a sum",
        factors.one_factor_more,
    ),
    # the kernel's direction
    Mistake(
        "correlation for convolution",
        "this is a correlation: a convolution flips the kernel, so that {data} is read at {right}, "
        "not at {wrong}",
        where(changing(shifts.uncentred), flipped_and_direct),
    ),
    Mistake(
        "kernel flipped twice",
        "the kernel is flipped twice: {kernel} is read at {flip}, and the other index already runs "
        "against it",
        where(where_written(changing(kernels.flipped), turned_kernel), plain_flip),
    ),
    Mistake(
        "kernel not flipped",
        "the kernel is not flipped: {kernel} has to be turned round, so that it meets each element "
        "with the weight it was multiplied by",
        where(changing(kernels.flipped), one_flip),
    ),
    Mistake(
        "flip off by one",
        "{kernel} is read at {flip}: turned round, it is read at {turned}",
        changing(kernels.flipped_past),
    ),
    Mistake(
        "kernel flipped",
        "the kernel is flipped where it should not be: {kernel} is read at {flip}; that is a "
        "convolution where a correlation is meant",
        changing(kernels.flipped),
    ),
    Mistake(
        "gradient flipped",
        "{upstream} is flipped where it should not be: the gradient of {tensor} is a plain "
        "correlation with {upstream}",
        kernels.upstream_flipped,
    ),
    Mistake(
        "kernel runs backwards",
        "the kernel runs backwards (a convolution for a correlation, or a flip too many): {read}",
        changing(shifts.kernel_runs_back),
    ),
    Mistake(
        "kernel runs backwards",
        "the kernel and the padding have the wrong sign: {read}",
        changing(shifts.kernel_and_padding_turned),
    ),
    # stride, dilation, padding
    Mistake(
        "stride forgotten",
        "the stride is forgotten: {read}",
        changing(shifts.stride_forgotten),
        lengths.on_axis(lengths.no_stride),
    ),
    Mistake(
        "stride forgotten",
        "the stride is forgotten: S - 1 zeros belong between the elements of the upstream gradient",
        wholes.not_dilated,
    ),
    Mistake(
        "zero-stuffing with S zeros",
        "a stride of S leaves S - 1 zeros between two elements, not S: {read}",
        where(changing(shifts.too_many_zeros), scatters),
    ),
    Mistake(
        "stride one too large",
        "the stride is one too large: {read}",
        where(changing(shifts.too_many_zeros), gathers),
    ),
    Mistake(
        "stride and dilation swapped",
        "the stride and the dilation are taken for each other: {read}",
        changing(shifts.stride_for_dilation),
    ),
    Mistake(
        "dilation forgotten",
        "the dilation is forgotten: {read}",
        changing(shifts.dilation_forgotten),
        lengths.on_axis(lengths.no_dilation),
    ),
    Mistake(
        "padding K-1 instead of K-1-P",
        "the padding is left in the result: the gradient is padded by K - 1 - P, not by K - 1",
        where(where_written(changing(shifts.padding_forgotten), kernel_size_in_index), plain_flip),
    ),
    Mistake(
        "padding left in the result",
        "the padding is forgotten or left in the result: position i of {data} is "
        "i + {padding} of the padded one",
        where(changing(shifts.padding_forgotten), plain_flip),
    ),
    Mistake(
        "padding forgotten",
        "the padding is forgotten: {read}",
        where(changing(shifts.padding_forgotten), not_flipped),
        lengths.on_axis(lengths.no_padding),
    ),
    Mistake(
        "shift forgotten",
        "the first output kept is not that of the full convolution: {read}",
        where(changing(shifts.padding_forgotten), is_flipped),
    ),
    Mistake(
        "padding with the wrong sign",
        "the padding has the wrong sign: {read}",
        changing(shifts.padding_turned),
        lengths.on_axis(lengths.turned_padding),
    ),
    Mistake(
        "padding counted twice",
        "the padding in front is taken off twice: {read}",
        changing(shifts.padding_doubled),
    ),
    Mistake(
        "zero padding for circular or mirrored",
        "the padding is {mode}, not zero",
        changing(kernels.zeros_for_wrapping),
    ),
    Mistake(
        "stride on the kernel index",
        "the stride multiplies the output position alone, not the kernel index: {read}",
        changing(shifts.stride_on_kernel),
    ),
    Mistake(
        "stride on the whole position",
        "the stride multiplies the output position alone, not the padding: {read}",
        changing(shifts.stride_on_all),
    ),
    Mistake(
        "circular padding for zero",
        "positions outside count as 0 here: they are not taken round to the other end",
        changing(kernels.wrapping_for_zeros),
    ),
    # axes and channels
    Mistake(
        "transposed", "the result is transposed: rows and columns are exchanged", letters.transposed
    ),
    Mistake(
        "transposed",
        "the transpose of {tensor} belongs here, not {tensor} itself",
        letters.matrix_not_transposed,
    ),
    Mistake(
        "axes swapped",
        "the strides of two axes are taken for each other: {read}",
        changing(shifts.exchanged_axes("stride")),
    ),
    Mistake(
        "axes swapped",
        "the paddings of two axes are taken for each other: {read}",
        changing(shifts.exchanged_axes("padding")),
    ),
    Mistake(
        "axes swapped",
        "the dilations of two axes are taken for each other: {read}",
        changing(shifts.exchanged_axes("dilation")),
    ),
    Mistake(
        "axes swapped",
        "rows and columns of {swapped} are taken for each other",
        changing(kernels.kernel_letters_swapped),
    ),
    Mistake(
        "groups forgotten",
        "the groups are forgotten: each group reads its own channels",
        grouping.groups_forgotten,
    ),
    Mistake(
        "channels of groups swapped",
        "flat channels are taken apart wrongly: c // C_g is the group, c % C_g the channel in it",
        grouping.grouped_wrong,
    ),
    Mistake(
        "channels swapped",
        "input and output channels of {kernel} are taken for each other",
        changing(kernels.kernel_channels_swapped),
    ),
    Mistake(
        "channels swapped",
        "batch, channel and filter are taken for each other: {wrong} stands where {right} belongs",
        letters.channels_exchanged,
    ),
    Mistake(
        "axes swapped",
        "rows and columns are taken for each other: {wrong} stands where {right} belongs",
        letters.axes_exchanged,
    ),
    # sums
    Mistake(
        "sum over the batch missing",
        "the sum over the batch is missing: {index} takes the value {value} alone",
        sums.missing("n"),
    ),
    Mistake(
        "sum over the filters missing",
        "the sum over the filters is missing: {index} takes the value {value} alone",
        sums.missing("f"),
    ),
    Mistake(
        "sum over the channels missing",
        "the sum over the channels is missing: {index} takes the value {value} alone",
        sums.missing("c"),
    ),
    Mistake(
        "overlap forgotten",
        "windows overlap here, so that an element belongs to several of them, not to one alone",
        where_written(changing(kernels.windows_apart), lambda _: sums.sums_nothing),
    ),
    Mistake(
        "height for width",
        "the sum over {index} ends where another axis ends: at {wrong}, not at {right}",
        sums.other_range,
    ),
    Mistake(
        "off by one", "off by one: the sum over {index} runs from {first} to {last}", sums.one_off
    ),
    Mistake(
        "window of another size",
        "the window has {size} positions, not one {many}",
        of_results(changing(kernels.window_one_off)),
    ),
    Mistake(
        "term inside the sum",
        "{term} stands inside the sum and is added {count} times: it belongs outside",
        factors.inside_sum,
    ),
    Mistake(
        "one sum too many",
        "this is summed over {over}, which do not mix here: each is for itself",
        sums.one_sum_more,
    ),
    Mistake("term missing", "the term {term} is missing", factors.left_out),
    Mistake("term doubled", "the term {term} is counted twice", factors.one_term(2)),
    Mistake("term with the wrong sign", "the term {term} has the wrong sign", factors.one_term(-1)),
    Mistake(
        "floor where nothing belongs",
        "the index {division} is rounded: where it is not whole there is no term at all, so the "
        "floor takes too many",
        sums.floored,
    ),
    Mistake(
        "assignment where overlaps must add",
        "values that meet in one place must add up, here over {over}: the last (or first) one "
        "overwrites the others",
        last_write_wins,
    ),
    Mistake(
        "sum missing",
        "the sum over {over} is missing: {index} takes the value {value} alone",
        sums.missing(""),
    ),
    # single indices
    Mistake(
        "index base",
        "{tensor} is counted from 1: each of its indices is one {way}",
        sums.shifted_reads,
    ),
    Mistake(
        "index one off",
        "an index is one too large: {read}",
        changing(shifts.one_too_far),
    ),
    Mistake(
        "index one off",
        "an index is one too small: {read}",
        changing(shifts.one_too_near),
    ),
    Mistake(
        "wrong number in an index",
        "an index is wrong: {wrong} stands where {right} belongs",
        letters.other_number,
    ),
    Mistake(
        "wrong letter",
        "an index has the wrong letter: {wrong} stands where {right} belongs",
        letters.other_letter,
    ),
    Mistake("factor missing", "the factor {factor} is missing{place}", factors.factor_left_out),
    Mistake(
        "wrong tensor",
        "{instead} stands where {tensor} belongs",
        letters.other_tensor,
    ),
    # sizes
    Mistake(
        "output_padding forgotten",
        "the output_padding is forgotten",
        sizes=lengths.on_axis(lengths.no_output_padding),
    ),
    Mistake(
        "floor missing",
        "the floor is missing: {fraction} need not be whole",
        sizes=lengths.not_rounded,
    ),
    Mistake("ceiling for floor", "{fraction} is rounded down, not up", sizes=lengths.rounded_up),
    Mistake("floor for ceiling", "{fraction} is rounded up, not down", sizes=lengths.rounded_down),
    Mistake(
        "+1 inside the fraction",
        "the +1 stands inside the fraction: it is added after the division",
        sizes=lengths.one_inside,
    ),
    Mistake("+1 forgotten", "one is missing: the +1 is forgotten", sizes=lengths.one_forgotten),
    Mistake(
        "one too many",
        "the size is one too large: the -1 is forgotten, or a +1 is too much",
        sizes=lengths.one_too_many,
    ),
    Mistake(
        "dilated kernel size wrong",
        "a dilated kernel reaches over {span} cells: D(K - 1) + 1, not DK",
        sizes=lengths.dilated_whole,
    ),
    Mistake(
        "padding on one side only",
        "the padding is counted once or twice too often: both sides together are {padding}",
        sizes=lengths.on_axis(lengths.half_padding),
    ),
    Mistake(
        "height for width",
        "this is another axis: {wrong} stands where {right} belongs",
        sizes=lengths.other_axis,
    ),
    Mistake(
        "S·H for S·(H - 1)",
        "{size} elements leave {size} - 1 gaps between them: the stride multiplies {size} - 1",
        sizes=lengths.whole_input,
    ),
    Mistake(
        "wrong way round",
        "this is the size of {wrong}, and the operation is {right}",
        sizes=lengths.other_way,
    ),
    Mistake(
        "kernel one off", "the kernel's size is taken off by one", sizes=lengths.one_off_inside
    ),
    Mistake(
        "kernel size not taken off",
        "the kernel's size is not taken off",
        sizes=lengths.kernel_left_out,
    ),
)
"""The rows in the order in which they are tried."""

STRIDE = ("stride forgotten", shifts.stride_forgotten)
PADDING = ("padding forgotten", shifts.padding_forgotten)
DILATION = ("dilation forgotten", shifts.dilation_forgotten)
FLIP = ("kernel flipped", kernels.flipped)
BACKWARDS = ("kernel runs backwards", shifts.kernel_runs_back)

TOGETHER = (
    (STRIDE, PADDING),
    (STRIDE, DILATION),
    (STRIDE, FLIP),
    (STRIDE, BACKWARDS),
    (PADDING, DILATION),
    (PADDING, FLIP),
    (PADDING, BACKWARDS),
    (DILATION, FLIP),
    (DILATION, BACKWARDS),
)
"""Changes that are often made together."""

PAIRS = tuple(
    Mistake(
        f"{one} and {other}",
        f"two things at once, {one} and {other}: {{read}}",
        changing(first, second),
    )
    for (one, first), (other, second) in TOGETHER
)

MISTAKES: tuple[Mistake, ...] = (*SINGLE, *PAIRS)
