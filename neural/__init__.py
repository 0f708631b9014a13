"""Believe: networks, inference and calibration. Torch lives from here up."""
