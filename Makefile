# Bare `make` explains every target. Each one sets up .venv first, so there is no other step before it.

PYTHON ?= python3
SCALE ?= 1
# The platform that runs; else the demo's county; else an empty platform.
DATA ?= $(if $(wildcard var/platform/environment.json),var/platform,$(if $(wildcard var/demo/platform),var/demo/platform,var/platform))
# One more than processors: tests of servers wait as long as they work.
PYTEST_WORKERS ?= 3
# Order and drawn examples of a test run: the same code gives the same run on every machine; PYTEST_SEED=random draws
# a new one (make explore draws many). The run says at its start which it took.
PYTEST_SEED ?= $(shell git rev-parse HEAD:services HEAD:shared HEAD:deploy HEAD:tools HEAD:tests HEAD:policy 2>/dev/null | cksum | cut -d' ' -f1)

# Every test and every service is a new Python: compiling all modules again would be a third of its start.
unexport PYTHONDONTWRITEBYTECODE

RUN := .venv/bin/python
DEPLOY := $(RUN) -m deploy
RANDOM_SEED = od -An -N4 -tu4 /dev/urandom | tr -d ' '
PYTEST = seed="$(PYTEST_SEED)"; [ "$$seed" != random ] || seed=$$($(RANDOM_SEED)); \
	echo "PYTEST_SEED=$$seed repeats this order and these examples 用此种子可重现本次测试"; \
	PYTHONHASHSEED=$$((seed % 4294967296)) $(RUN) -m pytest -n $(PYTEST_WORKERS) --dist loadfile --randomly-seed=$$seed --hypothesis-seed=$$seed
SETUP := .venv/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long explore properties proofs clause-mutants check lint types up down status run token env clauses bench reconcile contracts \
	pack-check pack-new pack-schema pack-diff lock compose-check compose-env compose-configuration clean

help: ## Explain every target 列出全部命令
	@echo "County loans 县域扶贫小额信贷平台. First: make demo"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=python3.11   which Python makes .venv       SCALE=0.01   size of the demo, 1 is the whole county"
	@echo "  GATEWAY_PORT=8000   where the gateway listens      DATA=folder  the platform's data (now $(DATA))"

$(SETUP): requirements-dev.lock deploy/setup.sh
	@PYTHON="$(PYTHON)" deploy/setup.sh
	@touch $@

setup: $(SETUP) ## Create .venv from the locked requirements 安装依赖

demo: $(SETUP) ## Run a county from registration to recovered losses (COUNTY=fengjie or PACK=file, REGIONS=file, SCALE=0.01) 全县演示
	@$(RUN) -m tools.demo --scale "$(SCALE)" --county "$(COUNTY)" $(if $(PACK),--pack "$(PACK)") $(if $(REGIONS),--regions "$(REGIONS)")

test: $(SETUP) ## Run the tests on real servers, about ten minutes (PYTEST_SEED=…) 运行测试
	@mkdir -p var
	@$(PYTEST) -m "not long" -p tools.clauses.recorder --clause-report=var/clauses-report.json $(PYTEST_ARGS)

test-long: $(SETUP) ## Run the long rounds of faults that make test leaves out 运行长时故障测试
	@$(PYTEST) -m long $(PYTEST_ARGS)

ROUNDS ?= 5
explore: $(SETUP) ## Draw new examples for every property, ROUNDS times, to find what no run met yet 随机探索性质测试
	@for round in $$(seq $(ROUNDS)); do $(MAKE) --no-print-directory properties PYTEST_SEED=random || exit 1; done

properties: $(SETUP) ## Run the property tests alone (PYTEST_SEED=…) 仅运行性质测试
	@$(PYTEST) -m "hypothesis and not long" $(PYTEST_ARGS)

proofs: $(SETUP) ## After make test: was every claimed clause proven? 条款是否已证明
	@$(RUN) -m tools.clauses --from-report var/clauses-report.json

clause-mutants: $(SETUP) ## Break each proven rule and require that its tests fail (CLAUSE=LG-12 CHANGED=1 MINUTES=15) 条款变异测试
	@$(RUN) -m tools.clauses.mutants $(if $(CLAUSE),--clause "$(CLAUSE)") $(if $(CHANGED),--changed) \
		$(if $(MINUTES),--minutes $(MINUTES)) $(if $(REPORT),--report $(REPORT))

check: lint types compose-check test test-long proofs ## Everything CI checks 全部检查

lint: $(SETUP) ## Style and architecture: ruff, import contracts 代码规范
	@$(RUN) -m ruff check .
	@$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

types: $(SETUP) ## Types: mypy --strict 类型检查
	@$(RUN) -m mypy

up: $(SETUP) ## Start the platform in the background and keep it running 启动平台
	@$(DEPLOY) up --data $(DATA)

down: $(SETUP) ## Stop it; data are kept 停止平台
	@$(DEPLOY) down --data $(DATA)

status: $(SETUP) ## Show what runs and whether it is ready 查看状态
	@$(DEPLOY) status --data $(DATA)

run: $(SETUP) ## Run the platform in the foreground until Ctrl-C 前台运行
	@$(DEPLOY) run --data $(DATA)

token: $(SETUP) ## Print an access token of a demo account: make token USER=name 获取访问令牌
	@$(DEPLOY) token --data $(DATA) --user "$(USER)"

env: $(SETUP) ## Print the running platform's environment variables 打印环境变量
	@$(DEPLOY) env --data $(DATA)

clauses: $(SETUP) ## Show which tests prove which policy clause, write docs/clauses.json 条款对照
	@$(RUN) -m tools.clauses

pack-check: $(SETUP) ## Explain every mistake of a pack and run its worked examples (PACK=…, any file) 检查政策包
	@$(RUN) -m tools.packs check $(or $(PACK),$(FILE),$(wildcard policy/bases/*.yaml policy/packs/*.yaml)) $(if $(WHY),--why)

pack-new: $(SETUP) ## Start a county's pack from another (FROM=fengjie COUNTY=code REGION=500237) 新建政策包
	@$(RUN) -m tools.packs new --from "$(FROM)" --county "$(COUNTY)" --region $(REGION)

pack-schema: $(SETUP) ## Write policy/*.schema.json from the model 生成政策包模式
	@$(RUN) -m tools.packs schema

pack-diff: $(SETUP) ## Say in words what differs between two packs (OLD=… NEW=…) 比较政策包
	@$(RUN) -m tools.packs diff "$(OLD)" "$(NEW)"

bench: $(SETUP) ## Measure against the floor, write docs/benchmarks.md 性能测试
	@$(RUN) -m tools.bench

reconcile: $(SETUP) ## Re-derive every figure from all databases and events 对账
	@$(RUN) -m tools.reconcile --data $(DATA)

contracts: $(SETUP) ## Write the services' OpenAPI documents, the event catalogue, the schemas and the glossary 生成接口文档
	@$(RUN) -m tools.contracts
	@$(RUN) -m tools.asyncapi
	@$(RUN) -m tools.reference
	@$(RUN) -m tools.vocabulary

lock: $(SETUP) ## Resolve requirements*.in to hash-pinned lock files (needs uv) 锁定依赖版本
	@set -e; uv=$$(command -v uv || echo .venv/bin/uv); for name in requirements requirements-dev deploy/setup-tools; do \
		$$uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			$$name.in -o $$name.lock; done

compose-check: $(SETUP) ## Validate docker-compose.yml against the compose schema 校验容器编排
	@$(RUN) -m check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

compose-env: $(SETUP) ## Write deploy/compose/.env with new passwords for docker compose 生成容器环境
	@$(DEPLOY) compose-env

compose-configuration: $(SETUP) ## Write the servers' configuration for docker compose 生成服务器配置
	@$(DEPLOY) compose-configuration

clean: ## Remove everything generated: data, caches, .venv 清理
	@if [ -x $(RUN) ]; then for data in var/platform var/demo/platform; do \
		$(DEPLOY) down --data $$data >/dev/null 2>&1 || true; done; fi
	rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
