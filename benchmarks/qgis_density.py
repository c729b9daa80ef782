"""Density by QGIS's own algorithm, run by Debian's Python: points.npy, out, bandwidth, cell, width, height.

Prints the seconds that the algorithm took, and saves its raster, south row first, beside its GeoTIFF.
"""

import os
import sys
import time

import numpy as np
from osgeo import gdal
from qgis.analysis import QgsKernelDensityEstimation
from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer

os.environ["QT_QPA_PLATFORM"] = "offscreen"
points, out = np.load(sys.argv[1]), sys.argv[2]
bandwidth, cell, wide, high = (float(word) for word in sys.argv[3:7])
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer("Point?crs=EPSG:27700", "points", "memory")
features = []
for x, y in points.T.tolist():
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
    features.append(feature)
layer.dataProvider().addFeatures(features)
layer.updateExtents()
wanted = QgsKernelDensityEstimation.Parameters()
wanted.source = layer
wanted.radius = bandwidth
wanted.pixelSize = cell
wanted.shape = QgsKernelDensityEstimation.KernelQuartic
wanted.outputValues = QgsKernelDensityEstimation.OutputRaw
begin = time.perf_counter()
state = QgsKernelDensityEstimation(wanted, out + ".tif", "GTiff").run()
taken = time.perf_counter() - begin
if state != QgsKernelDensityEstimation.Success:
    sys.exit(f"QGIS failed: {state}")
raster = gdal.Open(out + ".tif")
west, _, _, north, _, _ = raster.GetGeoTransform()
values = np.maximum(raster.ReadAsArray(), 0)
# QGIS aligns its cells to the extent of the points: each cell wanted takes the one that its centre is in.
columns = ((np.arange(cell / 2, wide, cell) - west) // cell).astype(int)
rows = ((north - np.arange(cell / 2, high, cell)) // cell).astype(int)
known = (
    (rows[:, None] >= 0) & (rows[:, None] < values.shape[0]) & (columns >= 0) & (columns < values.shape[1])
)
picked = values[rows.clip(0, values.shape[0] - 1)[:, None], columns.clip(0, values.shape[1] - 1)]
np.save(out + ".npy", np.where(known, picked, 0.0))
sys.stdout.write(f"{taken}\n")
sys.stdout.flush()
os._exit(0)
