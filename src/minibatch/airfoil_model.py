"""A stand-in for the airfoil measurements: the noise of a turbulent boundary
layer, by equation.

Brooks, Pope and Marcolini (1989), NASA RP 1218, section 5, simplified: the
suction side alone, an untripped boundary layer, no separation term, and normal
scatter in place of all that is left out. Chords, velocities, angles and
thicknesses lie in the ranges that were measured. The level is the scaled one:
the equations without their term in thickness, span, Mach number and distance.
"""

import numpy

__all__ = [
    "displacement_thickness",
    "generate",
    "relative_strouhal",
    "sound_level",
]

SPEED_OF_SOUND = 340.46  # [m/s]
VISCOSITY = 1.4529e-5  # kinematic, of air [m²/s]
LEVEL_SCATTER = 1.5  # standard deviation of what the equations leave out [dB]
THICKNESS_SCATTER = 0.25  # the same for the decimal logarithm of the thickness
THICKEST = 0.0584  # what was measured [m]
FAINTEST = 103.0  # below it, the wind tunnel is louder than the airfoil [dB]
LOWEST_STROUHAL = 0.25  # of the peak's: likewise

CHORDS = (0.0254, 0.0508, 0.1016, 0.1524, 0.2286, 0.3048)  # [m]
VELOCITIES = (31.7, 39.6, 55.5, 71.3)  # [m/s]
LARGEST_ANGLE = 22.2  # [deg]
THIRD_OCTAVES = 100 * numpy.array(
    [
        2,
        2.5,
        3.15,
        4,
        5,
        6.3,
        8,
        10,
        12.5,
        16,
        20,
        25,
        31.5,
        40,
        50,
        63,
        80,
        100,
        125,
        160,
        200,
    ]
)  # centre frequencies [Hz]


def generate(rows: int, seed: int = 0) -> numpy.ndarray:
    """Return a table (rows, 6) with the columns and units of the measured
    one, always the same.
    """
    random = numpy.random.default_rng(seed)
    tries = (
        2 * rows + 100
    )  # about two in three can be heard above the wind tunnel
    frequency = random.choice(THIRD_OCTAVES, tries)
    chord = random.choice(CHORDS, tries)
    velocity = random.choice(VELOCITIES, tries)
    # Small airfoils were measured up to larger angles than large ones.
    angle = random.uniform(0, LARGEST_ANGLE * (CHORDS[0] / chord) ** 0.5)
    thickness = displacement_thickness(angle, chord, velocity)
    thickness *= 10 ** random.normal(0, THICKNESS_SCATTER, tries)
    strouhal = relative_strouhal(frequency, velocity, thickness)
    level = sound_level(strouhal, velocity * chord / VISCOSITY)
    level += random.normal(0, LEVEL_SCATTER, tries)
    table = numpy.column_stack(
        [frequency, angle, chord, velocity, thickness, level]
    )
    heard = (level >= FAINTEST) & (strouhal >= LOWEST_STROUHAL)
    return table[heard & (thickness <= THICKEST)][:rows]


def displacement_thickness(
    angle: numpy.ndarray, chord: numpy.ndarray, velocity: numpy.ndarray
) -> numpy.ndarray:
    """Return the displacement thickness [m] of the suction side (section 3).

    ``angle`` in degrees, ``chord`` in m, ``velocity`` in m/s.
    """
    logarithm = numpy.log10(velocity * chord / VISCOSITY)
    at_zero_angle = chord * 10 ** (
        3.0187 - 1.5397 * logarithm + 0.1059 * logarithm**2
    )
    growth = numpy.select(
        [angle <= 7.5, angle <= 12.5],
        [10 ** (0.0679 * angle), 0.0162 * 10 ** (0.3066 * angle)],
        52.42 * 10 ** (0.0258 * angle),
    )
    return at_zero_angle * growth


def relative_strouhal(
    frequency: numpy.ndarray, velocity: numpy.ndarray, thickness: numpy.ndarray
) -> numpy.ndarray:
    """Return the Strouhal number of a frequency [Hz] over the peak's
    (equation 31).
    """
    peak = 0.02 * (velocity / SPEED_OF_SOUND) ** -0.6
    return frequency * thickness / velocity / peak


def sound_level(
    strouhal: numpy.ndarray, reynolds: numpy.ndarray
) -> numpy.ndarray:
    """Return the scaled sound pressure level [dB] of the suction side
    (equation 26).

    ``strouhal`` is relative to the peak's; ``reynolds`` is that of the chord.
    """
    return (
        _spectrum(numpy.abs(numpy.log10(strouhal))) + _amplitude(reynolds) - 3
    )


def _spectrum(a: numpy.ndarray) -> numpy.ndarray:
    """The spectral shape A_max [dB], ``a`` decades away from the peak
    (equation 36).
    """
    return numpy.select(
        [a < 0.13, a < 0.321],
        [
            numpy.sqrt(numpy.maximum(67.552 - 886.788 * a**2, 0)) - 8.219,
            -15.901 * a + 1.098,
        ],
        -4.669 * a**3 + 3.491 * a**2 - 16.699 * a + 1.149,
    )


def _amplitude(reynolds: numpy.ndarray) -> numpy.ndarray:
    """The amplitude K1 [dB] at a Reynolds number of the chord (equation
    47).
    """
    logarithm = numpy.log10(reynolds)
    return numpy.select(
        [reynolds < 2.47e5, reynolds < 8e5],
        [-4.31 * logarithm + 156.3, -9.0 * logarithm + 181.6],
        128.5,
    )
