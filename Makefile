# The commands a newcomer needs. Both install what is missing, and may be repeated.
#
#   make demo    build, solve configs/circle-clusters.yaml, compare it with particles, draw it
#   make test    build and run the whole suite
#   make bench   speed, as ratios to bounds measured in the same run; then, beside other programs,
#                python3 Benchmarks/transforms.py
#   make format  put the sources into the project's style;  make lint  only check it

.PHONY: demo test bench format lint libraries clean

SWIFT ?= swift

demo: libraries
	$(SWIFT) build -c release --product meanfield
	.build/release/meanfield compare configs/circle-clusters.yaml --overwrite
	.build/release/meanfield plot output/circle-clusters.nc

test: libraries
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

bench: libraries
	$(SWIFT) run --package-path Benchmarks -c release Benchmarks

libraries:
	@sh scripts/install-libraries

format:
	$(SWIFT) format --in-place --recursive Sources Tests Benchmarks/Sources Package.swift

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Benchmarks/Sources Package.swift

clean:
	$(SWIFT) package clean
