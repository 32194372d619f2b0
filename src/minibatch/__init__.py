"""What the chapters import: data, clocks, training, plots and three
frameworks.

One module per idea. ``minibatch.torch``, ``minibatch.tensorflow`` and
``minibatch.mxnet`` have the same public names and signatures;
``minibatch.reference`` is their oracle in NumPy. Nothing is imported here, so
that a framework is loaded only by the chapter that asks for it.
"""
